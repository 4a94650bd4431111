-- Security codes: an hour at most, for one authorization, and never durably (PCI DSS 3.3). UNLOGGED, so
-- that they reach no WAL, no replica, no archive and no base backup, and a crash empties both tables.

-- One key an hour for all nodes, wrapped under the KEK. Here and not in the key store: that is kept, and
-- backed up, and these must vanish with the codes.
CREATE UNLOGGED TABLE code_keys (
  -- its beginning
  hour        timestamptz PRIMARY KEY,
  code_key_id text        NOT NULL UNIQUE,
  wrapped     bytea       NOT NULL
);

-- Not partitioned: it holds an hour, not years, and a partitioned table cannot be UNLOGGED.
CREATE UNLOGGED TABLE security_codes (
  tenant      text        NOT NULL,
  token_id    text        NOT NULL,
  envelope    bytea       NOT NULL,
  code_key_id text        NOT NULL,
  expires_at  timestamptz NOT NULL,
  PRIMARY KEY (tenant, token_id)
);
CREATE INDEX security_codes_expires_at ON security_codes (expires_at);

-- Whatever removes a token takes its code along: an act that is written tomorrow too, and a code that was
-- stored while the deletion waited for the token's row. A foreign key would do the same, for a lookup
-- with each card that is taken.
CREATE FUNCTION forget_codes() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  DELETE FROM security_codes USING gone
    WHERE security_codes.tenant = gone.tenant AND security_codes.token_id = gone.token_id;
  RETURN NULL;
END $$;
REVOKE EXECUTE ON FUNCTION forget_codes FROM PUBLIC;
CREATE TRIGGER tokens_forget_codes AFTER DELETE ON tokens
  REFERENCING OLD TABLE AS gone FOR EACH STATEMENT EXECUTE FUNCTION forget_codes();

GRANT SELECT, INSERT ON code_keys TO hushfield_api;
GRANT SELECT (hour), DELETE ON code_keys TO hushfield_worker;
GRANT SELECT, UPDATE (wrapped) ON code_keys TO hushfield_rotator;

-- Who stores codes cannot read one, not even sealed: it sees whose there are, and until when. Nobody can,
-- so far; whoever sends codes on will be a role of its own.
GRANT SELECT (tenant, token_id, expires_at), INSERT, DELETE,
  UPDATE (envelope, code_key_id, expires_at) ON security_codes TO hushfield_api;
GRANT SELECT (expires_at), DELETE ON security_codes TO hushfield_worker;
GRANT UPDATE (cvc_collected) ON tokens TO hushfield_api;

ALTER TABLE security_codes ENABLE ROW LEVEL SECURITY;
CREATE POLICY own_tenant ON security_codes TO hushfield_api
  USING (tenant = current_setting('hushfield.tenant', true));
CREATE POLICY every_tenant ON security_codes TO hushfield_worker USING (true);
