-- compatible-from: 0020
-- Grants to send a token on, beside those to show it; and keys that may send only what a grant allows. Older code
-- finds no such grant: it looks for one among whose origins a page is.

ALTER TABLE grants
  ALTER COLUMN redaction DROP NOT NULL,
  ALTER COLUMN origins DROP NOT NULL,
  ALTER COLUMN shown_for DROP NOT NULL,
  ADD COLUMN destination_id text,
  ADD COLUMN most_amount bigint CHECK (most_amount >= 0),
  ADD COLUMN currency text CHECK (currency ~ '^[A-Z]{3}$'),
  DROP CONSTRAINT grants_purpose_check,
  ADD CONSTRAINT grants_purpose_check CHECK (purpose IN ('reveal', 'forward')),
  ADD CONSTRAINT grants_of_their_purpose CHECK ((purpose = 'reveal' AND num_nulls(redaction, origins, shown_for) = 0 AND num_nonnulls(destination_id, most_amount, currency) = 0) OR (purpose = 'forward' AND num_nonnulls(redaction, origins, shown_for) = 0 AND num_nulls(destination_id, fields) = 0 AND (most_amount IS NULL) = (currency IS NULL)));

GRANT SELECT, UPDATE (used_at, used_by) ON grants TO hushfield_forwarder;
CREATE POLICY own_forwards ON grants TO hushfield_forwarder
  USING (tenant = current_setting('hushfield.tenant', true));

ALTER TABLE api_keys ADD COLUMN forward_needs_grant boolean NOT NULL DEFAULT false;
