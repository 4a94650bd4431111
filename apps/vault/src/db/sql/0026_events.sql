-- compatible-from: 0020
-- What merchants are told of. An event is written by the entry of its act, and so in the act's transaction: no act
-- goes by untold, none is told that was not done, and no statement of an act has to think of it.

CREATE TABLE events (
  tenant   text        NOT NULL,
  event_id text        NOT NULL CHECK (event_id ~ '^evt_[0-9A-Za-z_]{1,40}$'),
  type     text        NOT NULL CHECK (type ~ '^[a-z_]+\.[a-z_]+$' AND octet_length(type) <= 64),
  mode     text        NOT NULL CHECK (mode IN ('test', 'live')),
  at       timestamptz NOT NULL CHECK (at >= '2000-01-01Z' AND at < '2200-01-01Z'),
  -- ids and words of ours: nothing of a card, and no text from outside
  data     jsonb       NOT NULL CHECK (octet_length(data::text) <= 8192),
  PRIMARY KEY (tenant, event_id)
);
CREATE INDEX events_at ON events (tenant, at DESC, event_id DESC);

CREATE TABLE webhook_endpoints (
  tenant          text        NOT NULL REFERENCES tenants,
  endpoint_id     text        NOT NULL UNIQUE CHECK (endpoint_id ~ '^whe_[0-9A-Za-z]{22}$'),
  mode            text        NOT NULL CHECK (mode IN ('test', 'live')),
  url             text        NOT NULL CHECK (octet_length(url) <= 2048),
  -- types, or * for all that there are and will be
  types           text[]      NOT NULL CHECK (cardinality(types) BETWEEN 1 AND 64),
  description     text        NOT NULL DEFAULT '',
  status          text        NOT NULL DEFAULT 'enabled' CHECK (status IN ('enabled', 'disabled', 'deleted')),
  disabled_reason text        CHECK (disabled_reason IN ('asked', 'failing', 'gone')),
  -- since when nothing has arrived there, how often in a row not, and until when it is left alone
  failing_since   timestamptz,
  failures        integer     NOT NULL DEFAULT 0,
  paused_until    timestamptz,
  created_at      timestamptz NOT NULL,
  changed_at      timestamptz NOT NULL,
  PRIMARY KEY (tenant, endpoint_id),
  CHECK ((status = 'disabled') = (disabled_reason IS NOT NULL))
);

-- Which entries are events, and what those say: an id and words, never more than the entry does. An event has the
-- random part of its entry's id. An entry without a resource is of an act that was refused.
CREATE FUNCTION note_event() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
DECLARE
  kind text := CASE NEW.action
    WHEN 'token.create' THEN 'token.created'
    WHEN 'token.import' THEN 'token.imported'
    WHEN 'token.update' THEN 'token.updated'
    WHEN 'token.delete' THEN 'token.deleted'
    WHEN 'token.expire' THEN 'token.expired'
    WHEN 'token.reveal' THEN 'token.revealed'
    WHEN 'ticket.burn' THEN 'session.blocked'
    WHEN 'key.create' THEN 'key.created'
    WHEN 'key.roll' THEN 'key.rolled'
    WHEN 'key.revoke' THEN 'key.revoked'
    WHEN 'key.exposed' THEN 'key.exposed'
    WHEN 'limits.trip' THEN 'limits.tripped'
    WHEN 'webhook_endpoint.disable' THEN 'webhook_endpoint.disabled'
    WHEN 'data_key.rotate' THEN 'encryption_key.rotated'
    WHEN 'fingerprint_key.rotate' THEN 'encryption_key.rotated'
    WHEN 'kek.rotate' THEN 'encryption_key.rotated'
    WHEN 'receive.rotate' THEN 'encryption_key.rotated'
    WHEN 'ticket.rotate' THEN 'encryption_key.rotated'
    WHEN 'session.rotate' THEN 'encryption_key.rotated'
    WHEN 'manifest.rotate' THEN 'encryption_key.rotated'
    WHEN 'audit.rotate' THEN 'encryption_key.rotated'
    WHEN 'pepper.rotate' THEN 'encryption_key.rotated'
  END;
  about jsonb;
BEGIN
  IF kind IS NULL OR NEW.resource = '' THEN
    RETURN NULL;
  END IF;
  about := CASE
    WHEN kind = 'token.revealed' THEN jsonb_build_object('token', NEW.resource, 'redaction', NEW.outcome)
    WHEN kind LIKE 'token.%' THEN jsonb_build_object('token', NEW.resource)
    WHEN kind LIKE 'key.%' THEN jsonb_build_object('key', NEW.resource)
    WHEN kind = 'session.blocked' THEN jsonb_build_object('ticket', NEW.resource,
      'session', substring(NEW.actor FROM '/(ses_[0-9A-Za-z]{22})$'), 'reason', NEW.outcome)
    WHEN kind = 'limits.tripped' THEN jsonb_build_object('key', NEW.resource, 'limit', NEW.outcome)
    WHEN kind = 'webhook_endpoint.disabled' THEN
      jsonb_build_object('endpoint', NEW.resource, 'reason', NEW.outcome)
    ELSE jsonb_build_object('what', split_part(NEW.action, '.', 1), 'key', NEW.resource)
  END;
  IF NEW.tenant = 'ten_' || repeat('0', 22) THEN
    PERFORM tell_everybody('evt_' || substr(NEW.entry_id, 5), kind, NEW.at, about);
  ELSE
    INSERT INTO events (tenant, event_id, type, mode, at, data)
    VALUES (NEW.tenant, 'evt_' || substr(NEW.entry_id, 5), kind,
      coalesce((SELECT mode FROM deployment), 'test'), NEW.at, about);
  END IF;
  RETURN NULL;
END $$;

-- What concerns no tenant is told to those who listen to it; nobody else gets a row of it.
CREATE FUNCTION tell_everybody(id text, kind text, happened timestamptz, about jsonb) RETURNS void
LANGUAGE sql SECURITY DEFINER AS $$
  INSERT INTO events (tenant, event_id, type, mode, at, data)
  SELECT DISTINCT e.tenant, id, kind, e.mode, happened, about
  FROM webhook_endpoints e JOIN tenants t ON t.tenant = e.tenant
  WHERE e.status = 'enabled' AND e.types && ARRAY['*', kind] AND t.shredded_at IS NULL
$$;

CREATE TRIGGER audit_entries_event AFTER INSERT ON audit_entries
  FOR EACH ROW EXECUTE FUNCTION note_event();

-- Whoever keeps a signed state of the log notices when the log is changed before it: subscribers are witnesses.
CREATE FUNCTION note_checkpoint() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
BEGIN
  PERFORM tell_everybody('evt_' || lpad(NEW.size::text, 22, '0'), 'audit.checkpointed', NEW.created_at,
    jsonb_build_object('size', NEW.size, 'checkpoint', NEW.note));
  RETURN NULL;
END $$;
CREATE TRIGGER audit_checkpoints_event AFTER INSERT ON audit_checkpoints
  FOR EACH ROW EXECUTE FUNCTION note_checkpoint();

REVOKE EXECUTE ON FUNCTION note_event, note_checkpoint, tell_everybody FROM PUBLIC;
DO $$
DECLARE mighty text;
BEGIN
  FOREACH mighty IN ARRAY ARRAY['note_event()', 'note_checkpoint()',
    'tell_everybody(text, text, timestamptz, jsonb)'] LOOP
    EXECUTE format('ALTER FUNCTION %s SET search_path = %I, pg_temp', mighty, current_schema());
  END LOOP;
END $$;

-- Acts whose event says more than their entry write it themselves.
GRANT SELECT, INSERT ON events TO hushfield_api;
GRANT INSERT ON events TO hushfield_admin, hushfield_forwarder;
CREATE POLICY own_forwards ON events TO hushfield_forwarder
  USING (tenant = current_setting('hushfield.tenant', true));
GRANT SELECT, INSERT, DELETE ON events TO hushfield_worker;
GRANT SELECT, INSERT, UPDATE (url, types, description, status, disabled_reason, failing_since, failures,
  paused_until, changed_at) ON webhook_endpoints TO hushfield_api, hushfield_admin;
GRANT SELECT, UPDATE (status, disabled_reason, failing_since, failures, paused_until, changed_at), DELETE
  ON webhook_endpoints TO hushfield_worker;

DO $$
DECLARE owned text;
BEGIN
  FOREACH owned IN ARRAY ARRAY['events', 'webhook_endpoints'] LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', owned);
    EXECUTE format('CREATE POLICY own_tenant ON %I TO hushfield_api
      USING (tenant = current_setting(''hushfield.tenant'', true))', owned);
    EXECUTE format('CREATE POLICY every_tenant ON %I
      TO hushfield_worker, hushfield_admin USING (true)', owned);
  END LOOP;
END $$;
