-- What nodes have taken out of a limit, see limits/. Names are HMACs under a key that is not in the
-- database, over the window too: nobody can tell from here whose address or card was counted, nor
-- that two rows count the same. UNLOGGED, since a lost count costs one more window's worth.
CREATE UNLOGGED TABLE limit_counters (
  name       bytea       PRIMARY KEY CHECK (octet_length(name) = 32),
  taken      integer     NOT NULL,
  expires_at timestamptz NOT NULL
);

-- Only the worker's purge reads or removes a counter. Who serves may take units out of one whose name
-- it can make, and neither list counters nor set one back.
GRANT SELECT (expires_at), DELETE ON limit_counters TO hushfield_worker;

CREATE FUNCTION take_units(counter bytea, units integer, until timestamptz) RETURNS integer
LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
  INSERT INTO limit_counters AS c (name, taken, expires_at) SELECT counter, units, until WHERE units > 0
  ON CONFLICT (name) DO UPDATE SET taken = least(c.taken::bigint + EXCLUDED.taken, 2000000000)
  RETURNING taken
$$;
REVOKE EXECUTE ON FUNCTION take_units FROM PUBLIC;
GRANT EXECUTE ON FUNCTION take_units TO hushfield_api, hushfield_fields;
