-- compatible-from: 0020
-- A tenant that was shredded has no key any more, so that it is nobody an origin has to be shown to. It was counted
-- still: whoever shredded the second tenant left the first one's checkout as dark as it was.

CREATE OR REPLACE FUNCTION find_api_key(wanted text) RETURNS TABLE (key api_keys, origins text[])
LANGUAGE sql STABLE SECURITY DEFINER AS $$
  SELECT k, ARRAY(SELECT o.origin FROM origins o
    WHERE o.tenant = k.tenant AND o.key_id = k.key_id
      AND (o.proved_at IS NOT NULL
        OR NOT EXISTS (SELECT FROM tenants a WHERE a.shredded_at IS NULL OFFSET 1))
    ORDER BY o.origin)
  FROM api_keys k JOIN tenants t ON t.tenant = k.tenant
  WHERE k.key_id = wanted AND t.shredded_at IS NULL
$$;

CREATE OR REPLACE FUNCTION origin_facts(site text)
RETURNS TABLE (shares_site boolean, unproved integer)
LANGUAGE sql STABLE SECURITY DEFINER AS $$
  SELECT coalesce(bool_or(counts AND (host = site OR right(host, length(site) + 1) = '.' || site)), false),
    (count(*) FILTER (WHERE proved_at IS NULL))::integer
  FROM (SELECT substring(o.origin FROM '^[a-z]+://(\[[^]]*\]|[^:/]+)') AS host, o.proved_at,
      o.proved_at IS NOT NULL
        OR NOT EXISTS (SELECT FROM tenants a WHERE a.shredded_at IS NULL OFFSET 1) AS counts
    FROM origins o JOIN api_keys k ON k.tenant = o.tenant AND k.key_id = o.key_id
    WHERE k.revoked_at IS NULL AND (k.expires_at IS NULL OR k.expires_at > now())) AS hosts
$$;

-- Functions that are replaced lose what was set for them.
DO $$
DECLARE replaced text;
BEGIN
  FOREACH replaced IN ARRAY ARRAY['find_api_key', 'origin_facts'] LOOP
    EXECUTE format('ALTER FUNCTION %s SET search_path = %I, pg_temp', replaced, current_schema());
  END LOOP;
END $$;
