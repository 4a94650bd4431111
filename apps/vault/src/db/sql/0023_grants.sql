-- compatible-from: 0020
-- Single-use permissions of a merchant's backend: to show, in a frame of a page of its own, what a token stands for.

CREATE TABLE grants (
  tenant      text        NOT NULL,
  grant_id    text        NOT NULL,
  purpose     text        NOT NULL CHECK (purpose IN ('reveal')),
  -- of what the page is handed; that itself is nowhere
  secret_hash bytea       NOT NULL CHECK (octet_length(secret_hash) = 32),
  mode        text        NOT NULL CHECK (mode IN ('test', 'live')),
  token_id    text        NOT NULL,
  redaction   text        NOT NULL CHECK (redaction IN ('plain', 'masked', 'last4')),
  fields      text[],
  origins     text[]      NOT NULL,
  shown_for   integer     NOT NULL CHECK (shown_for BETWEEN 5 AND 600),
  created_at  timestamptz NOT NULL,
  expires_at  timestamptz NOT NULL,
  used_at     timestamptz,
  -- of the request that has used it: the same bytes get the same answer
  used_by     bytea       CHECK (octet_length(used_by) = 32),
  PRIMARY KEY (tenant, grant_id),
  CHECK ((used_at IS NULL) = (used_by IS NULL))
);
CREATE INDEX grants_expires_at ON grants (expires_at);

GRANT SELECT, INSERT, UPDATE (used_at, used_by) ON grants TO hushfield_api;
GRANT SELECT (expires_at, tenant, grant_id), DELETE ON grants TO hushfield_worker;
ALTER TABLE grants ENABLE ROW LEVEL SECURITY;
CREATE POLICY own_tenant ON grants TO hushfield_api
  USING (tenant = current_setting('hushfield.tenant', true));
CREATE POLICY every_tenant ON grants TO hushfield_worker USING (true);
