-- An origin counts as in find_api_key: of a key in force, and proved, or of the only tenant. What anybody
-- may register counted before, so that one tenant could keep every node of all from starting.
CREATE OR REPLACE FUNCTION origin_facts(site text)
RETURNS TABLE (shares_site boolean, unproved integer)
LANGUAGE sql STABLE SECURITY DEFINER AS $$
  SELECT coalesce(bool_or(counts AND (host = site OR right(host, length(site) + 1) = '.' || site)), false),
    (count(*) FILTER (WHERE proved_at IS NULL))::integer
  FROM (SELECT substring(o.origin FROM '^[a-z]+://(\[[^]]*\]|[^:/]+)') AS host, o.proved_at,
      o.proved_at IS NOT NULL OR NOT EXISTS (SELECT FROM tenants OFFSET 1) AS counts
    FROM origins o JOIN api_keys k ON k.tenant = o.tenant AND k.key_id = o.key_id
    WHERE k.revoked_at IS NULL AND (k.expires_at IS NULL OR k.expires_at > now())) AS hosts
$$;

-- It looks where its tables are, whatever the schema is called.
DO $$
BEGIN
  EXECUTE format('ALTER FUNCTION origin_facts SET search_path = %I, pg_temp', current_schema());
END $$;

-- `doctor` and `root install` ask by which word of the root the newest list was signed.
GRANT SELECT ON manifests TO hushfield_admin;

-- Whoever shreds a tenant removes its sessions too: they name customers.
GRANT SELECT (tenant) ON sessions TO hushfield_worker;
