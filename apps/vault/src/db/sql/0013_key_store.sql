-- Which key store this database belongs to, and how far its keys had come: a node that finds another folder
-- in its place, or an older copy of it, does not start.

-- One row, for good. Whoever may start may claim it, once; nobody may change it.
CREATE TABLE key_store (
  single   boolean PRIMARY KEY DEFAULT true CHECK (single),
  store_id text    NOT NULL CHECK (length(store_id) = 22)
);
GRANT SELECT, INSERT ON key_store TO hushfield_api, hushfield_fields, hushfield_worker, hushfield_admin;
GRANT SELECT ON key_store TO hushfield_rotator;

-- Since when the newest key of a name is the one in use, in unix seconds. The newest is never destroyed,
-- so a store without it has lost it: the one before would be taken in its place without a word.
CREATE TABLE newest_secrets (
  name      text   PRIMARY KEY,
  used_from bigint NOT NULL CHECK (used_from >= 0)
);
GRANT SELECT ON newest_secrets TO hushfield_api, hushfield_fields, hushfield_rotator, hushfield_admin;
GRANT SELECT, INSERT, UPDATE ON newest_secrets TO hushfield_worker;

-- One data key that some tenant's cards lie under, by its id: whether there is any, and which file must be
-- there. Nodes ask it as they start; most of their roles see no tenant's rows then.
CREATE FUNCTION some_data_key() RETURNS TABLE (tenant text, data_key_id text)
LANGUAGE sql STABLE SECURITY DEFINER AS $$
  SELECT data_keys.tenant, data_keys.data_key_id FROM data_keys
  ORDER BY retired_at IS NOT NULL, data_keys.tenant, created_at LIMIT 1
$$;
REVOKE EXECUTE ON FUNCTION some_data_key FROM PUBLIC;
GRANT EXECUTE ON FUNCTION some_data_key TO hushfield_api, hushfield_fields, hushfield_worker,
  hushfield_admin;

-- It looks where its tables are, whatever the schema is called.
DO $$
BEGIN
  EXECUTE format('ALTER FUNCTION some_data_key SET search_path = %I, pg_temp', current_schema());
END $$;
