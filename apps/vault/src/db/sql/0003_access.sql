-- What a key may do, for how long and from where; and whose origins count.

ALTER TABLE api_keys
  DROP CONSTRAINT api_keys_kind_check,
  ADD CONSTRAINT api_keys_kind_check CHECK (kind IN ('pk', 'sk', 'rk')),
  ADD COLUMN label             text        NOT NULL DEFAULT '' CHECK (length(label) <= 100),
  ADD COLUMN scopes            text[]      NOT NULL DEFAULT '{}',
  ADD COLUMN expires_at        timestamptz,
  -- addresses and CIDR blocks it may come from; none means any
  ADD COLUMN addresses         text[]      NOT NULL DEFAULT '{}',
  -- the key that this one takes over from, while both are in force
  ADD COLUMN rolled_from       text,
  -- for publishable keys: what frames under it may do
  ADD COLUMN sessions_required boolean     NOT NULL DEFAULT false,
  ADD COLUMN brands            text[],
  ADD COLUMN bin_digits        integer     NOT NULL DEFAULT 0 CHECK (bin_digits IN (0, 6, 8));

GRANT UPDATE (label, expires_at, scopes, addresses, sessions_required, brands, bin_digits)
  ON api_keys TO hushfield_api, hushfield_admin;

-- Origins of before this rule were registered by the operator.
ALTER TABLE origins ADD COLUMN proved_at timestamptz;
UPDATE origins SET proved_at = created_at;
GRANT UPDATE (proved_at) ON origins TO hushfield_admin;

-- A single tenant's origins are its operator's word. Of several, each must show that it controls an
-- origin: a rogue merchant could else register a victim's checkout and be framed there.
CREATE OR REPLACE FUNCTION find_api_key(wanted text) RETURNS TABLE (key api_keys, origins text[])
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT k, ARRAY(SELECT o.origin FROM origins o
    WHERE o.tenant = k.tenant AND o.key_id = k.key_id
      AND (o.proved_at IS NOT NULL OR NOT EXISTS (SELECT FROM tenants OFFSET 1))
    ORDER BY o.origin)
  FROM api_keys k WHERE k.key_id = wanted
$$;
