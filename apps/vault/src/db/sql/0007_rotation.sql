-- Data keys come and go: a retired one seals nothing any more, and of a destroyed one nothing opens.

ALTER TABLE data_keys
  ADD COLUMN retired_at   timestamptz,
  ADD COLUMN destroyed_at timestamptz,
  ADD CHECK (destroyed_at IS NULL OR retired_at IS NOT NULL);
GRANT UPDATE (retired_at, destroyed_at) ON data_keys TO hushfield_rotator;

GRANT SELECT (tenant) ON tenants TO hushfield_rotator;
GRANT SELECT ON migrations TO hushfield_rotator;
