-- The trail becomes a log: one order for all entries, a tree over it (RFC 6962), and signed states of the
-- tree. The order is not given inside the acts: every act would wait for the one before it. An act leaves its
-- entry and a note that it has no place yet; one sequencer gives places, a batch at a time.

DO $$
DECLARE wanted text;
BEGIN
  FOREACH wanted IN ARRAY ARRAY['sequencer', 'auditor'] LOOP
    BEGIN
      EXECUTE format('CREATE ROLE hushfield_%s NOLOGIN', wanted);
    EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL;
    END;
    IF NOT pg_has_role(current_user, 'hushfield_' || wanted, 'MEMBER') THEN
      EXECUTE format('GRANT hushfield_%s TO CURRENT_USER', wanted);
    END IF;
    EXECUTE format('GRANT USAGE ON SCHEMA %I TO hushfield_%s', current_schema(), wanted);
  END LOOP;
END $$;

-- Whoever serves may write entries, and one that cannot be read, or is too long to be listed, would keep all
-- after it without a place.
ALTER TABLE audit_entries ADD CONSTRAINT audit_entries_readable CHECK (
  at >= '2000-01-01Z' AND at < '2200-01-01Z'
  AND octet_length(tenant) <= 64 AND octet_length(entry_id) <= 64 AND octet_length(actor) <= 200
  AND octet_length(action) <= 64 AND octet_length(resource) <= 1000 AND octet_length(outcome) <= 100
  AND octet_length(origin) <= 1000 AND octet_length(request_id) <= 100) NOT VALID;

-- Without a key: whoever looks for work reads it from the start, and removes what it has read. It is short,
-- but for an outage of the sequencer, and is to stay so.
CREATE TABLE audit_pending (
  tenant   text        NOT NULL,
  entry_id text        NOT NULL,
  -- by the clock of the database: that of the act is its node's
  noted_at timestamptz NOT NULL DEFAULT clock_timestamp()
) WITH (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 2000);

-- A trigger and not a second statement of each act: what inserts an entry cannot leave the note out.
CREATE FUNCTION note_pending() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
BEGIN
  INSERT INTO audit_pending (tenant, entry_id) VALUES (NEW.tenant, NEW.entry_id);
  RETURN NULL;
END $$;
REVOKE EXECUTE ON FUNCTION note_pending FROM PUBLIC;
CREATE TRIGGER audit_entries_pending AFTER INSERT ON audit_entries
  FOR EACH ROW EXECUTE FUNCTION note_pending();

-- The order. By number and not by tenant first: it is read from end to end, and only ever grows there.
-- `resource` is here so that a thing's entries are found without an index that every act would pay for.
CREATE TABLE audit_leaves (
  leaf_index bigint PRIMARY KEY,
  tenant     text   NOT NULL,
  entry_id   text   NOT NULL,
  resource   text   NOT NULL,
  UNIQUE (tenant, entry_id)
);
CREATE INDEX audit_leaves_tenant ON audit_leaves (tenant, leaf_index);
CREATE INDEX audit_leaves_resource ON audit_leaves (tenant, resource, leaf_index);

-- Whole subtrees, the position-th of their level, from the entries' own hashes at level 0 upwards. They name
-- nobody: a proof for one tenant is made of the hashes of others' entries too.
CREATE TABLE audit_nodes (
  level    smallint NOT NULL CHECK (level >= 0),
  position bigint   NOT NULL,
  hash     bytea    NOT NULL CHECK (length(hash) = 32),
  PRIMARY KEY (level, position)
);

-- One row: how many have a place, and whose turn it is to give places.
CREATE TABLE audit_head (
  one   boolean     PRIMARY KEY DEFAULT true CHECK (one),
  size  bigint      NOT NULL,
  owner text        NOT NULL,
  until timestamptz NOT NULL
);
INSERT INTO audit_head (size, owner, until) VALUES (0, '', '-infinity');

CREATE TABLE audit_checkpoints (
  size       bigint      PRIMARY KEY,
  note       text        NOT NULL,
  created_at timestamptz NOT NULL
);

DO $$
DECLARE log text;
BEGIN
  FOREACH log IN ARRAY ARRAY['audit_leaves', 'audit_nodes', 'audit_checkpoints'] LOOP
    EXECUTE format('CREATE TRIGGER %s_append_only BEFORE UPDATE OR DELETE ON %s
      FOR EACH ROW EXECUTE FUNCTION refuse_change()', log, log);
    EXECUTE format('CREATE TRIGGER no_truncate BEFORE TRUNCATE ON %s
      FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()', log);
  END LOOP;
END $$;

ALTER TABLE audit_pending ENABLE ROW LEVEL SECURITY;
ALTER TABLE audit_leaves ENABLE ROW LEVEL SECURITY;
CREATE POLICY every_tenant ON audit_pending TO hushfield_sequencer, hushfield_admin USING (true);
CREATE POLICY every_tenant ON audit_leaves TO hushfield_sequencer, hushfield_admin USING (true);
CREATE POLICY own_tenant ON audit_leaves TO hushfield_auditor
  USING (tenant = current_setting('hushfield.tenant', true));
CREATE POLICY every_tenant_in_order ON audit_entries TO hushfield_sequencer USING (true);
CREATE POLICY own_tenant_read ON audit_entries FOR SELECT TO hushfield_auditor
  USING (tenant = current_setting('hushfield.tenant', true));

GRANT SELECT, DELETE ON audit_pending TO hushfield_sequencer;
GRANT SELECT ON audit_entries TO hushfield_sequencer, hushfield_auditor, hushfield_admin;
GRANT SELECT, INSERT ON audit_leaves, audit_nodes, audit_checkpoints TO hushfield_sequencer;
GRANT SELECT, UPDATE (size, owner, until) ON audit_head TO hushfield_sequencer;
GRANT SELECT ON audit_leaves, audit_nodes, audit_head, audit_checkpoints
  TO hushfield_auditor, hushfield_admin;
GRANT SELECT ON audit_pending TO hushfield_admin;
-- The log is named after the store whose keys sign it.
GRANT SELECT ON key_store TO hushfield_sequencer, hushfield_auditor;

DO $$
BEGIN
  EXECUTE format('ALTER FUNCTION note_pending SET search_path = %I, pg_temp', current_schema());
END $$;
