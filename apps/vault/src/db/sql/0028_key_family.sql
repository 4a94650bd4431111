-- compatible-from: 0020
-- Names of requests belong to a key and to all that were made in its place, before and after: while two of them are
-- in force, a backend with several nodes repeats under either what it has begun under the other.
CREATE FUNCTION key_family(member text) RETURNS SETOF text LANGUAGE sql STABLE SECURITY DEFINER AS $$
  WITH RECURSIVE own AS (
    SELECT key_id, rolled_from FROM api_keys WHERE tenant = current_setting('hushfield.tenant', true)),
  older AS (
    SELECT key_id, rolled_from FROM own WHERE key_id = member
    UNION SELECT o.key_id, o.rolled_from FROM own o JOIN older n ON o.key_id = n.rolled_from),
  family AS (
    SELECT key_id FROM older
    UNION SELECT n.key_id FROM own n JOIN family f ON n.rolled_from = f.key_id)
  SELECT key_id FROM family
$$;
REVOKE EXECUTE ON FUNCTION key_family FROM PUBLIC;
GRANT EXECUTE ON FUNCTION key_family TO hushfield_api, hushfield_forwarder;
DO $$
BEGIN
  EXECUTE format('ALTER FUNCTION key_family SET search_path = %I, pg_temp', current_schema());
END $$;
