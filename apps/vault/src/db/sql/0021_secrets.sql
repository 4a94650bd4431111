-- compatible-from: 0020
-- Tokens of bank accounts and secret texts beside those of cards. Older code runs on this, and knows nothing of
-- such tokens: to it, one is a row that it cannot read.

ALTER TABLE tokens
  ALTER COLUMN brand DROP NOT NULL,
  ALTER COLUMN networks DROP NOT NULL,
  ALTER COLUMN last4 DROP NOT NULL,
  ALTER COLUMN exp_month DROP NOT NULL,
  ALTER COLUMN exp_year DROP NOT NULL,
  -- a secret text has none: there are too few social security numbers for one to hide them from who has the key
  ALTER COLUMN fingerprint DROP NOT NULL,
  ALTER COLUMN fingerprint_key DROP NOT NULL,
  -- what may stand in clear of anything but a card
  ADD COLUMN about jsonb,
  DROP CONSTRAINT tokens_type_check,
  ADD CONSTRAINT tokens_type_check CHECK (type IN ('card', 'iban', 'bank_account', 'text')),
  ADD CONSTRAINT tokens_of_their_type CHECK (
    (type = 'card' AND about IS NULL
      AND num_nulls(brand, networks, last4, exp_month, exp_year, fingerprint, fingerprint_key) = 0)
    OR (type <> 'card' AND about IS NOT NULL AND NOT cvc_collected
      AND num_nonnulls(brand, networks, last4, bin, exp_month, exp_year) = 0
      AND (fingerprint IS NULL) = (fingerprint_key IS NULL)));
GRANT SELECT (type) ON tokens TO hushfield_rotator;

-- Envelopes of every type lie in `cards`, whose name is that of the first. The class is bound into the
-- envelope: one that is written over with another's opens as neither.
ALTER TABLE cards ADD COLUMN class text NOT NULL DEFAULT 'pan' CHECK (class IN ('pan', 'bank', 'secret'));

-- What secret texts may be made of, by the names that pages call them. Lengths in code points.
CREATE TABLE text_policies (
  tenant     text        NOT NULL REFERENCES tenants,
  name       text        NOT NULL CHECK (name ~ '^[a-z][a-z0-9-]{0,31}$'),
  alphabet   text        NOT NULL CHECK (alphabet IN ('digits', 'alphanumeric', 'printable', 'text')),
  min_length integer     NOT NULL CHECK (min_length BETWEEN 1 AND 100),
  max_length integer     NOT NULL CHECK (max_length BETWEEN min_length AND 100),
  created_at timestamptz NOT NULL,
  PRIMARY KEY (tenant, name)
);
GRANT SELECT ON text_policies TO hushfield_api, hushfield_fields;
GRANT SELECT, INSERT, DELETE ON text_policies TO hushfield_admin;
ALTER TABLE text_policies ENABLE ROW LEVEL SECURITY;
CREATE POLICY own_tenant ON text_policies TO hushfield_api
  USING (tenant = current_setting('hushfield.tenant', true));
CREATE POLICY every_tenant ON text_policies TO hushfield_fields, hushfield_admin USING (true);
