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
