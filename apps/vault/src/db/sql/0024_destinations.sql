-- compatible-from: 0020
-- Where cards may be sent, and what was sent there. Older code runs on this: it sends nothing.

-- Whoever sends cards and security codes on: the only role that reads codes, and it can neither make a token nor
-- a key, nor approve a destination.
DO $$
BEGIN
  BEGIN
    CREATE ROLE hushfield_forwarder NOLOGIN;
  EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL;
  END;
  IF NOT pg_has_role(current_user, 'hushfield_forwarder', 'MEMBER') THEN
    GRANT hushfield_forwarder TO CURRENT_USER;
  END IF;
  EXECUTE format('GRANT USAGE ON SCHEMA %I TO hushfield_forwarder', current_schema());
END $$;

-- The whole record lies in the envelope with its credentials: whoever writes into this table can neither turn it
-- to another host nor let more pass.
CREATE TABLE destinations (
  tenant         text        NOT NULL REFERENCES tenants,
  destination_id text        NOT NULL,
  mode           text        NOT NULL CHECK (mode IN ('test', 'live')),
  envelope       bytea       NOT NULL,
  data_key_id    text        NOT NULL,
  created_at     timestamptz NOT NULL,
  updated_at     timestamptz NOT NULL,
  disabled_at    timestamptz,
  PRIMARY KEY (tenant, destination_id)
);
CREATE INDEX destinations_data_key ON destinations (tenant, data_key_id);

GRANT SELECT, INSERT, DELETE, UPDATE (envelope, data_key_id, updated_at, disabled_at)
  ON destinations TO hushfield_api;
GRANT SELECT ON destinations TO hushfield_forwarder;
GRANT SELECT, UPDATE (envelope, data_key_id) ON destinations TO hushfield_rotator;
GRANT SELECT (tenant), DELETE ON destinations TO hushfield_worker;
ALTER TABLE destinations ENABLE ROW LEVEL SECURITY;
CREATE POLICY own_tenant ON destinations TO hushfield_api, hushfield_forwarder
  USING (tenant = current_setting('hushfield.tenant', true));
CREATE POLICY every_tenant ON destinations TO hushfield_worker, hushfield_rotator USING (true);

-- One row for each request that is sent on, there before its first byte leaves. Its name holds for a day, as with
-- every named request: while it is here, nothing is sent under it again.
CREATE TABLE forwards (
  tenant         text        NOT NULL,
  forward_id     text        NOT NULL,
  mode           text        NOT NULL CHECK (mode IN ('test', 'live')),
  key_id         text        NOT NULL,
  -- of the Idempotency-Key, keyed; none once it is known that nothing was sent, and the name is free again
  name           bytea       CHECK (octet_length(name) = 32),
  -- of the contents, keyed
  request        bytea       NOT NULL CHECK (octet_length(request) = 32),
  destination_id text        NOT NULL,
  -- whose parts are sent
  tokens         text[]      NOT NULL,
  state          text        NOT NULL CHECK (state IN ('under_way', 'answered', 'not_sent', 'unknown')),
  -- in the envelope; of what was answered
  answer         bytea,
  data_key_id    text,
  actor          text        NOT NULL,
  created_at     timestamptz NOT NULL,
  -- when no process waits for it any more
  overdue_at     timestamptz NOT NULL,
  expires_at     timestamptz NOT NULL,
  PRIMARY KEY (tenant, forward_id),
  UNIQUE (tenant, key_id, name),
  CHECK ((answer IS NULL) = (data_key_id IS NULL)),
  CHECK (answer IS NULL OR state = 'answered')
);
CREATE INDEX forwards_expires_at ON forwards (expires_at);
CREATE INDEX forwards_overdue_at ON forwards (overdue_at) WHERE state = 'under_way';
CREATE INDEX forwards_data_key ON forwards (tenant, data_key_id) WHERE data_key_id IS NOT NULL;

GRANT SELECT, INSERT, UPDATE (state, name, answer, data_key_id) ON forwards TO hushfield_forwarder;
GRANT SELECT, UPDATE (answer, data_key_id) ON forwards TO hushfield_rotator;
GRANT SELECT (tenant, forward_id, destination_id, tokens, state, overdue_at, expires_at), DELETE,
  UPDATE (state) ON forwards TO hushfield_worker;
ALTER TABLE forwards ENABLE ROW LEVEL SECURITY;
CREATE POLICY own_tenant ON forwards TO hushfield_forwarder
  USING (tenant = current_setting('hushfield.tenant', true));
CREATE POLICY every_tenant ON forwards TO hushfield_worker, hushfield_rotator USING (true);

-- A code is for one authorization: whoever sends it holds it from before the first byte leaves. Gone with the
-- answer, or when nobody knows of one; given back only where it is known that nothing was sent.
ALTER TABLE security_codes ADD COLUMN held_by text;

GRANT SELECT, DELETE, UPDATE (held_by) ON security_codes TO hushfield_forwarder;
GRANT SELECT ON code_keys TO hushfield_forwarder;
CREATE POLICY own_forwards ON security_codes TO hushfield_forwarder
  USING (tenant = current_setting('hushfield.tenant', true));
-- A code that is typed again is nobody's yet.
GRANT UPDATE (held_by) ON security_codes TO hushfield_api;
GRANT SELECT (held_by) ON security_codes TO hushfield_worker;

-- A lock on rows needs the right to change one column of them.
GRANT SELECT, UPDATE (expires_at) ON tokens TO hushfield_forwarder;
GRANT SELECT ON cards TO hushfield_forwarder;
GRANT INSERT ON audit_entries TO hushfield_forwarder;
GRANT EXECUTE ON FUNCTION keys_in_force TO hushfield_forwarder;
GRANT SELECT ON data_keys TO hushfield_forwarder;
GRANT SELECT (tenant, fingerprint_from) ON tenants TO hushfield_forwarder;
DO $$
DECLARE owned text;
BEGIN
  FOREACH owned IN ARRAY ARRAY['tokens', 'cards', 'audit_entries', 'data_keys', 'tenants'] LOOP
    EXECUTE format('CREATE POLICY own_forwards ON %I TO hushfield_forwarder
      USING (tenant = current_setting(''hushfield.tenant'', true))', owned);
  END LOOP;
END $$;
