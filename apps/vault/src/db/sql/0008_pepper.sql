-- Which pepper a key is hashed with: since when that one is in use, in unix seconds.
ALTER TABLE api_keys ADD COLUMN pepper_from bigint NOT NULL DEFAULT 0 CHECK (pepper_from >= 0);

-- A key that was just shown to be itself is hashed anew under the pepper in use. Who knows the hash that
-- is there may replace it, and nobody may write one over another's.
CREATE FUNCTION rehash_api_key(wanted text, old_hash bytea, new_hash bytea, since bigint) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
  UPDATE api_keys SET hash = new_hash, pepper_from = since
  WHERE key_id = wanted AND hash = old_hash AND pepper_from < since
$$;
REVOKE EXECUTE ON FUNCTION rehash_api_key FROM PUBLIC;
GRANT EXECUTE ON FUNCTION rehash_api_key TO hushfield_api, hushfield_fields;
