-- A log that was put back to an earlier state goes on under another name: an epoch of it, by the second in which
-- it began. Its signed states have a table of their own, beside those of the log as it was first called: a state of
-- one size can be in both, and nodes of before go on with the table that they know.
-- compatible-from: 0020
CREATE TABLE audit_epoch_checkpoints (
  epoch      bigint      NOT NULL CHECK (epoch > 0 AND epoch < 1000000000000),
  size       bigint      NOT NULL,
  note       text        NOT NULL,
  created_at timestamptz NOT NULL,
  PRIMARY KEY (epoch, size)
);
CREATE TRIGGER audit_epoch_checkpoints_append_only BEFORE UPDATE OR DELETE ON audit_epoch_checkpoints
  FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER no_truncate BEFORE TRUNCATE ON audit_epoch_checkpoints
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- The epoch in force: 0 is the first. It counts for nobody before a state of it is signed.
ALTER TABLE audit_head ADD COLUMN epoch bigint NOT NULL DEFAULT 0
  CHECK (epoch >= 0 AND epoch < 1000000000000);

GRANT SELECT, INSERT ON audit_epoch_checkpoints TO hushfield_sequencer, hushfield_admin;
GRANT SELECT ON audit_epoch_checkpoints TO hushfield_auditor;
-- Only an operator begins one: a worker signs on in the epoch that is there.
GRANT UPDATE (epoch) ON audit_head TO hushfield_admin;
