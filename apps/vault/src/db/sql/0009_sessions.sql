-- What a backend has allowed a page, for whoever asks later. Tokenizing does not look here: a session's
-- text says all of it, signed.

CREATE TABLE sessions (
  tenant     text        NOT NULL,
  session_id text        NOT NULL,
  mode       text        NOT NULL CHECK (mode IN ('test', 'live')),
  origins    text[]      NOT NULL,
  -- none takes every brand
  brands     text[],
  fields     text[]      NOT NULL,
  attempts   integer     NOT NULL CHECK (attempts BETWEEN 1 AND 100),
  customer   text        CHECK (length(customer) <= 64),
  created_at timestamptz NOT NULL,
  expires_at timestamptz NOT NULL,
  PRIMARY KEY (tenant, session_id)
) PARTITION BY HASH (tenant, session_id);

DO $$
BEGIN
  FOR part IN 0..7 LOOP
    EXECUTE format('CREATE TABLE %I PARTITION OF sessions
      FOR VALUES WITH (MODULUS 8, REMAINDER %s)', 'sessions_' || part, part);
  END LOOP;
END $$;
CREATE INDEX sessions_expires_at ON sessions (expires_at);
CREATE INDEX sessions_customer ON sessions (tenant, customer) WHERE customer IS NOT NULL;

-- A customer who is erased leaves no name here either.
GRANT SELECT, INSERT, UPDATE (customer) ON sessions TO hushfield_api;
GRANT SELECT (expires_at), DELETE ON sessions TO hushfield_worker;
ALTER TABLE sessions ENABLE ROW LEVEL SECURITY;
CREATE POLICY own_tenant ON sessions TO hushfield_api
  USING (tenant = current_setting('hushfield.tenant', true));
CREATE POLICY every_tenant ON sessions
  TO hushfield_worker, hushfield_rotator, hushfield_admin USING (true);
