-- compatible-from: 0020
-- What is under way to merchants' endpoints: a queue on the tables of the acts, so that an event is queued in the
-- transaction that makes it. No foreign key to endpoints: each act would lock the row that all acts of a tenant share.

-- What endpoints are signed to with, in the envelope format under the tenant's keys: an HMAC key and an Ed25519 seed.
CREATE TABLE webhook_secrets (
  tenant      text        NOT NULL,
  endpoint_id text        NOT NULL,
  secret_id   text        NOT NULL CHECK (secret_id ~ '^whs_[0-9A-Za-z]{22}$'),
  envelope    bytea       NOT NULL,
  data_key_id text        NOT NULL,
  -- the public half, for who verifies
  public_key  text        NOT NULL CHECK (octet_length(public_key) = 49),
  created_at  timestamptz NOT NULL,
  -- of one that was rolled: until then both are signed with
  expires_at  timestamptz,
  PRIMARY KEY (tenant, endpoint_id, secret_id)
);
CREATE INDEX webhook_secrets_data_key ON webhook_secrets (tenant, data_key_id);
CREATE INDEX webhook_secrets_expires_at ON webhook_secrets (expires_at) WHERE expires_at IS NOT NULL;

CREATE TABLE webhook_deliveries (
  tenant      text        NOT NULL,
  event_id    text        NOT NULL,
  endpoint_id text        NOT NULL,
  state       text        NOT NULL CHECK (state IN ('pending', 'delivered', 'failed')),
  -- when it is tried next; of one that a worker has taken, when it may be taken from that worker
  due_at      timestamptz NOT NULL,
  -- who has taken it: what they say counts for as long as they have it
  lease       text        CHECK (octet_length(lease) <= 64),
  tries       integer     NOT NULL DEFAULT 0,
  happened_at timestamptz NOT NULL,
  done_at     timestamptz,
  PRIMARY KEY (tenant, event_id, endpoint_id),
  FOREIGN KEY (tenant, event_id) REFERENCES events ON DELETE CASCADE,
  CHECK ((state = 'pending') = (done_at IS NULL))
);
CREATE INDEX webhook_deliveries_due ON webhook_deliveries (tenant, endpoint_id, due_at) WHERE state = 'pending';
CREATE INDEX webhook_deliveries_log ON webhook_deliveries (tenant, endpoint_id, happened_at DESC, event_id DESC);

-- Each try, with its end in a word of ours: nothing of what an endpoint has answered.
CREATE TABLE webhook_attempts (
  tenant      text        NOT NULL,
  event_id    text        NOT NULL,
  endpoint_id text        NOT NULL,
  attempt_id  text        NOT NULL,
  at          timestamptz NOT NULL,
  status      integer     CHECK (status BETWEEN 100 AND 599),
  duration_ms integer     NOT NULL CHECK (duration_ms >= 0),
  reason      text        NOT NULL CHECK (reason ~ '^[a-z_]{1,40}$'),
  PRIMARY KEY (tenant, event_id, endpoint_id, attempt_id),
  FOREIGN KEY (tenant, event_id, endpoint_id) REFERENCES webhook_deliveries ON DELETE CASCADE
);

CREATE FUNCTION note_deliveries() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
BEGIN
  INSERT INTO webhook_deliveries (tenant, event_id, endpoint_id, state, due_at, happened_at)
  SELECT NEW.tenant, NEW.event_id, e.endpoint_id, 'pending', NEW.at, NEW.at FROM webhook_endpoints e
  WHERE e.tenant = NEW.tenant AND e.status = 'enabled' AND e.mode = NEW.mode
    AND e.types && ARRAY['*', NEW.type];
  RETURN NULL;
END $$;
REVOKE EXECUTE ON FUNCTION note_deliveries FROM PUBLIC;
CREATE TRIGGER events_deliveries AFTER INSERT ON events
  FOR EACH ROW EXECUTE FUNCTION note_deliveries();

DO $$
BEGIN
  EXECUTE format('ALTER FUNCTION note_deliveries SET search_path = %I, pg_temp', current_schema());
END $$;

GRANT SELECT, INSERT, UPDATE (expires_at), DELETE ON webhook_secrets TO hushfield_api;
GRANT SELECT, DELETE ON webhook_secrets TO hushfield_worker;
GRANT SELECT, UPDATE (envelope, data_key_id) ON webhook_secrets TO hushfield_rotator;
GRANT SELECT, INSERT, UPDATE (state, due_at, lease, tries, done_at) ON webhook_deliveries TO hushfield_api;
GRANT SELECT, UPDATE (state, due_at, lease, tries, done_at) ON webhook_deliveries TO hushfield_worker;
GRANT SELECT ON webhook_attempts TO hushfield_api;
GRANT SELECT, INSERT ON webhook_attempts TO hushfield_worker;

DO $$
DECLARE owned text;
BEGIN
  FOREACH owned IN ARRAY ARRAY['webhook_secrets', 'webhook_deliveries', 'webhook_attempts'] LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', owned);
    EXECUTE format('CREATE POLICY own_tenant ON %I TO hushfield_api
      USING (tenant = current_setting(''hushfield.tenant'', true))', owned);
    EXECUTE format('CREATE POLICY every_tenant ON %I TO hushfield_worker USING (true)', owned);
  END LOOP;
END $$;
CREATE POLICY every_tenant_anew ON webhook_secrets TO hushfield_rotator USING (true);
