-- What a live deployment needs: which mode a database is of, what the offline root has said, which
-- fingerprint key is in force, and manifests that no frame may go behind.

-- One row, for good: test and live never share a database.
CREATE TABLE deployment (
  single boolean PRIMARY KEY DEFAULT true CHECK (single),
  mode   text    NOT NULL CHECK (mode IN ('test', 'live'))
);
-- There was no live mode before.
INSERT INTO deployment (mode) SELECT 'test' WHERE EXISTS (SELECT FROM tenants);
GRANT SELECT ON deployment TO hushfield_api, hushfield_fields, hushfield_worker, hushfield_rotator,
  hushfield_admin;

-- Statements of the offline root, in its own words and under its signature. Nobody believes a row: each
-- is verified against the public key in the configuration whenever it is used.
CREATE TABLE delegations (
  signature    text        PRIMARY KEY CHECK (length(signature) = 86),
  delegation   text        NOT NULL CHECK (length(delegation) <= 16384),
  installed_at timestamptz NOT NULL
);
GRANT SELECT ON delegations TO hushfield_api, hushfield_fields, hushfield_worker;
GRANT SELECT, INSERT ON delegations TO hushfield_admin;

-- A manifest after a compromise: documents take none that is older, not even for as long as caches may
-- still hold one.
ALTER TABLE manifests ADD COLUMN urgent boolean NOT NULL DEFAULT false;

-- Whether a merchant's origin stands on a site, and how many origins nobody has shown to control. Nodes
-- ask it as they start; none of their roles may list the origins of all tenants.
CREATE FUNCTION origin_facts(site text) RETURNS TABLE (shares_site boolean, unproved integer)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT coalesce(bool_or(host = site OR right(host, length(site) + 1) = '.' || site), false),
    (count(*) FILTER (WHERE proved_at IS NULL))::integer
  FROM (SELECT substring(origin FROM '^[a-z]+://(\[[^]]*\]|[^:/]+)') AS host, proved_at
    FROM origins) AS hosts
$$;
REVOKE EXECUTE ON FUNCTION origin_facts FROM PUBLIC;
GRANT EXECUTE ON FUNCTION origin_facts TO hushfield_api, hushfield_fields, hushfield_worker,
  hushfield_admin;

-- The audit entries of acts that belong to no tenant stand under a tenant that cannot be one.
ALTER TABLE tenants ADD CHECK (tenant <> 'ten_0000000000000000000000');

-- Fingerprint keys have numbers. A token says which one its fingerprint was made with; a tenant, which is
-- the lowest that may be stored still: nodes hold keys in memory for minutes, and this takes effect at once.
ALTER TABLE tokens ADD COLUMN fingerprint_key integer NOT NULL DEFAULT 1 CHECK (fingerprint_key > 0);
ALTER TABLE tenants ADD COLUMN fingerprint_from integer NOT NULL DEFAULT 1 CHECK (fingerprint_from > 0);
GRANT SELECT (tenant, fingerprint_from) ON tenants TO hushfield_api, hushfield_rotator;
GRANT UPDATE (fingerprint_from) ON tenants TO hushfield_rotator;
GRANT SELECT (tenant, token_id, fingerprint, fingerprint_key), UPDATE (fingerprint, fingerprint_key)
  ON tokens TO hushfield_rotator;
