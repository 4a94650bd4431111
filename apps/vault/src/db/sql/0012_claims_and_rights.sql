-- Long work that only one may do at a time, on whatever node and in whatever process: rotations. A row
-- and not a lock of a session: those end with a connection, which a pool shares and a proxy may change
-- without a word. Each transaction of the work renews its row first, so that nobody takes the work over in
-- the middle of one, and whoever was taken to be dead writes nothing any more.
CREATE TABLE claims (
  work  text        PRIMARY KEY,
  owner text        NOT NULL,
  until timestamptz NOT NULL
);
GRANT SELECT, INSERT, UPDATE (owner, until), DELETE ON claims TO hushfield_rotator;

-- Whether something may be stored under these keys, asked by each statement that stores. It is VOLATILE,
-- so it looks at what is committed as it is called, and not as its statement began; and its transaction has
-- a number by then. So whoever retires a key, and then waits for all transactions with a number, has waited for
-- everything that was stored under it. A condition in the statement itself would see the key as it was
-- when the statement began, and the transaction could get its number after the waiting.
CREATE FUNCTION keys_in_force(whose text, data_key text, fingerprint_number integer) RETURNS boolean
LANGUAGE plpgsql VOLATILE AS $$
BEGIN
  PERFORM pg_current_xact_id();
  RETURN EXISTS (SELECT FROM data_keys k
      WHERE k.tenant = whose AND k.data_key_id = data_key AND k.retired_at IS NULL)
    AND (fingerprint_number IS NULL OR EXISTS (SELECT FROM tenants t
      WHERE t.tenant = whose AND t.fingerprint_from <= fingerprint_number));
END $$;
REVOKE EXECUTE ON FUNCTION keys_in_force FROM PUBLIC;
GRANT EXECUTE ON FUNCTION keys_in_force TO hushfield_api, hushfield_rotator;

-- A tenant that was shredded stays one: no key of its is known any more, whenever it was made.
ALTER TABLE tenants ADD COLUMN shredded_at timestamptz;
GRANT UPDATE (shredded_at) ON tenants TO hushfield_admin;

CREATE OR REPLACE FUNCTION find_api_key(wanted text) RETURNS TABLE (key api_keys, origins text[])
LANGUAGE sql STABLE SECURITY DEFINER AS $$
  SELECT k, ARRAY(SELECT o.origin FROM origins o
    WHERE o.tenant = k.tenant AND o.key_id = k.key_id
      AND (o.proved_at IS NOT NULL OR NOT EXISTS (SELECT FROM tenants OFFSET 1))
    ORDER BY o.origin)
  FROM api_keys k JOIN tenants t ON t.tenant = k.tenant
  WHERE k.key_id = wanted AND t.shredded_at IS NULL
$$;
GRANT EXECUTE ON FUNCTION find_api_key TO hushfield_admin;

-- A key stays what it was made as: nobody writes over what it may do, where it may come from, or what it
-- was called.
REVOKE UPDATE (label, scopes, addresses, sessions_required, brands, bin_digits)
  ON api_keys FROM hushfield_api, hushfield_admin;
REVOKE UPDATE (last_used_at) ON api_keys FROM hushfield_admin;
-- Who serves writes the trail and does not read it.
REVOKE SELECT ON audit_entries FROM hushfield_api;
-- That an origin is proved is the operator's word; who serves may register one, and no more.
REVOKE INSERT, DELETE ON origins FROM hushfield_api;
GRANT INSERT (tenant, key_id, origin, created_at) ON origins TO hushfield_api;

-- Gives a key the origins of the one it was rolled from, proved as they are: within the tenant that the
-- transaction names, so that no proof is ever copied to another's.
CREATE FUNCTION copy_origins(wanted text) RETURNS void LANGUAGE sql SECURITY DEFINER AS $$
  INSERT INTO origins (tenant, key_id, origin, created_at, proved_at)
  SELECT k.tenant, k.key_id, o.origin, o.created_at, o.proved_at
  FROM api_keys k JOIN origins o ON o.tenant = k.tenant AND o.key_id = k.rolled_from
  WHERE k.tenant = current_setting('hushfield.tenant', true) AND k.key_id = wanted
  ON CONFLICT DO NOTHING
$$;
REVOKE EXECUTE ON FUNCTION copy_origins FROM PUBLIC;
GRANT EXECUTE ON FUNCTION copy_origins TO hushfield_api, hushfield_admin;

-- The worker forgets in portions, each found by its key.
GRANT SELECT (tenant, key_id, name) ON idempotent_answers TO hushfield_worker;
GRANT SELECT (tenant, session_id) ON sessions TO hushfield_worker;
GRANT SELECT (tenant, token_id) ON security_codes TO hushfield_worker;
GRANT SELECT (name) ON limit_counters TO hushfield_worker;
CREATE INDEX limit_counters_expires_at ON limit_counters (expires_at);

-- Functions that act with the rights of their owner look into the schema they are made in, and in no other
-- that a caller has put in front.
DO $$
DECLARE mighty regprocedure;
BEGIN
  FOR mighty IN SELECT oid FROM pg_proc
    WHERE pronamespace = quote_ident(current_schema())::regnamespace AND prosecdef
  LOOP
    EXECUTE format('ALTER FUNCTION %s SET search_path = %I, pg_temp', mighty, current_schema());
  END LOOP;
END $$;
