-- Tenants apart: every statement of the vault runs under one of the roles below and, but for the
-- worker's, in the rows of one tenant, which its transaction names in hushfield.tenant. A query that
-- forgets its WHERE, or is made to, still meets no other tenant's row.

-- Roles belong to the whole server, so another database or another starter may have made them.
DO $$
DECLARE wanted text;
BEGIN
  FOREACH wanted IN ARRAY ARRAY['api', 'fields', 'worker', 'rotator', 'admin'] LOOP
    BEGIN
      EXECUTE format('CREATE ROLE hushfield_%s NOLOGIN', wanted);
    EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL;
    END;
    -- Whoever migrates may take them on; nodes that log in as somebody else are granted theirs.
    IF NOT pg_has_role(current_user, 'hushfield_' || wanted, 'MEMBER') THEN
      EXECUTE format('GRANT hushfield_%s TO CURRENT_USER', wanted);
    END IF;
    EXECUTE format('GRANT USAGE ON SCHEMA %I TO hushfield_%s', current_schema(), wanted);
  END LOOP;
END $$;

ALTER TABLE tokens RENAME TO tokens_whole;
ALTER TABLE cards RENAME TO cards_whole;
ALTER TABLE attempts RENAME TO attempts_whole;
ALTER TABLE audit_entries RENAME TO audit_entries_whole;
ALTER INDEX tokens_pkey RENAME TO tokens_whole_pkey;
ALTER INDEX tokens_expires_at RENAME TO tokens_whole_expires_at;
ALTER INDEX cards_pkey RENAME TO cards_whole_pkey;
ALTER INDEX attempts_pkey RENAME TO attempts_whole_pkey;
ALTER INDEX attempts_expires_at RENAME TO attempts_whole_expires_at;
ALTER INDEX audit_entries_pkey RENAME TO audit_entries_whole_pkey;

-- Partitioned by the whole key and not by the tenant alone: one large tenant spreads too.
CREATE TABLE tokens (
  tenant        text        NOT NULL,
  token_id      text        NOT NULL,
  mode          text        NOT NULL CHECK (mode IN ('test', 'live')),
  brand         text        NOT NULL,
  networks      text[]      NOT NULL,
  last4         text        NOT NULL CHECK (length(last4) = 4),
  bin           text        CHECK (length(bin) <= 8),
  exp_month     integer     NOT NULL,
  exp_year      integer     NOT NULL,
  cvc_collected boolean     NOT NULL,
  fingerprint   text        NOT NULL,
  created_at    timestamptz NOT NULL,
  expires_at    timestamptz,
  PRIMARY KEY (tenant, token_id)
) PARTITION BY HASH (tenant, token_id);

-- No foreign key to tokens: both rows are written, and both removed, by one statement.
CREATE TABLE cards (
  tenant         text    NOT NULL,
  token_id       text    NOT NULL,
  envelope       bytea   NOT NULL,
  data_key_id    text    NOT NULL,
  schema_version integer NOT NULL,
  PRIMARY KEY (tenant, token_id)
) PARTITION BY HASH (tenant, token_id);

-- What a ticket's attempt was answered with, so that the same bytes get the same answer.
CREATE TABLE attempts (
  tenant       text        NOT NULL,
  ticket_nonce text        NOT NULL,
  attempt      integer     NOT NULL,
  digest       bytea       NOT NULL CHECK (octet_length(digest) = 32),
  token_id     text,
  error_code   text,
  error_field  text,
  expires_at   timestamptz NOT NULL,
  PRIMARY KEY (tenant, ticket_nonce, attempt),
  CHECK ((token_id IS NULL) <> (error_code IS NULL))
) PARTITION BY HASH (tenant, ticket_nonce);

CREATE TABLE audit_entries (
  tenant     text        NOT NULL,
  entry_id   text        NOT NULL,
  at         timestamptz NOT NULL,
  actor      text        NOT NULL,
  action     text        NOT NULL,
  resource   text        NOT NULL,
  outcome    text        NOT NULL,
  origin     text,
  request_id text,
  PRIMARY KEY (tenant, entry_id)
) PARTITION BY HASH (tenant, entry_id);

DO $$
DECLARE parent text;
BEGIN
  FOREACH parent IN ARRAY ARRAY['tokens', 'cards', 'attempts', 'audit_entries'] LOOP
    FOR part IN 0..7 LOOP
      EXECUTE format('CREATE TABLE %I PARTITION OF %I FOR VALUES WITH (MODULUS 8, REMAINDER %s)',
        parent || '_' || part, parent, part);
    END LOOP;
    EXECUTE format('INSERT INTO %I SELECT * FROM %I', parent, parent || '_whole');
  END LOOP;
END $$;

DROP TABLE cards_whole, tokens_whole, attempts_whole, audit_entries_whole;

CREATE INDEX tokens_expires_at ON tokens (expires_at) WHERE expires_at IS NOT NULL;
CREATE INDEX tokens_fingerprint ON tokens (tenant, fingerprint, created_at DESC, token_id DESC);
CREATE INDEX attempts_expires_at ON attempts (expires_at);
CREATE INDEX cards_data_key ON cards (tenant, data_key_id);

-- By row, so that a statement on a single partition meets it too. Privileges forbid the same: this
-- is for those who have them all.
CREATE TRIGGER audit_entries_append_only
  BEFORE UPDATE OR DELETE ON audit_entries
  FOR EACH ROW EXECUTE FUNCTION refuse_change();

DO $$
BEGIN
  FOR part IN 0..7 LOOP
    EXECUTE format('CREATE TRIGGER no_truncate BEFORE TRUNCATE ON %I
      FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()', 'audit_entries_' || part);
  END LOOP;
END $$;

-- Who may do what. Nothing is granted to PUBLIC, and nothing here on a partition by its own name.

GRANT SELECT, INSERT ON tenants TO hushfield_admin;
GRANT SELECT, INSERT, UPDATE (last_used_at, revoked_at) ON api_keys TO hushfield_api, hushfield_admin;
GRANT SELECT, INSERT, DELETE ON origins TO hushfield_api, hushfield_admin;
GRANT SELECT ON data_keys TO hushfield_api;
GRANT SELECT, INSERT ON data_keys TO hushfield_admin, hushfield_rotator;

GRANT SELECT, INSERT, DELETE, UPDATE (expires_at) ON tokens TO hushfield_api;
GRANT SELECT, INSERT, DELETE ON cards TO hushfield_api;
GRANT SELECT, INSERT ON attempts TO hushfield_api;

-- A lock on rows needs the right to change one column of them.
GRANT SELECT (tenant, token_id, expires_at), UPDATE (expires_at), DELETE ON tokens TO hushfield_worker;
GRANT SELECT (tenant, token_id), DELETE ON cards TO hushfield_worker;
GRANT SELECT (tenant, ticket_nonce, attempt, expires_at), DELETE ON attempts TO hushfield_worker;

-- The only role that may replace an envelope.
GRANT SELECT, UPDATE (envelope, data_key_id, schema_version) ON cards TO hushfield_rotator;

GRANT INSERT ON audit_entries TO hushfield_api, hushfield_worker, hushfield_rotator, hushfield_admin;
GRANT SELECT ON audit_entries TO hushfield_api;

-- Every node looks whether the schema is its own before it serves.
GRANT SELECT ON migrations TO hushfield_api, hushfield_fields, hushfield_worker, hushfield_admin;

GRANT SELECT ON manifests TO hushfield_api, hushfield_fields;
GRANT SELECT, INSERT, DELETE ON manifests TO hushfield_worker;

DO $$
DECLARE owned text;
BEGIN
  FOREACH owned IN ARRAY ARRAY['tenants', 'api_keys', 'origins', 'data_keys', 'tokens', 'cards',
    'attempts', 'audit_entries'] LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', owned);
    EXECUTE format('CREATE POLICY own_tenant ON %I TO hushfield_api
      USING (tenant = current_setting(''hushfield.tenant'', true))', owned);
    EXECUTE format('CREATE POLICY every_tenant ON %I
      TO hushfield_worker, hushfield_rotator, hushfield_admin USING (true)', owned);
  END LOOP;
END $$;

-- The one way from a key to its tenant: who asks has no tenant yet, and gets one key by its id.
CREATE FUNCTION find_api_key(wanted text) RETURNS TABLE (key api_keys, origins text[])
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT k, ARRAY(SELECT o.origin FROM origins o
    WHERE o.tenant = k.tenant AND o.key_id = k.key_id ORDER BY o.origin)
  FROM api_keys k WHERE k.key_id = wanted
$$;
REVOKE EXECUTE ON FUNCTION find_api_key FROM PUBLIC;
GRANT EXECUTE ON FUNCTION find_api_key TO hushfield_api, hushfield_fields;
