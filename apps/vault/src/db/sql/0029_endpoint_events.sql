-- compatible-from: 0020
-- Whoever leads an endpoint elsewhere, deletes it, or rolls its secret does so before the eyes of the tenant's others.

CREATE OR REPLACE FUNCTION note_event() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
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
    WHEN 'webhook_endpoint.update' THEN 'webhook_endpoint.updated'
    WHEN 'webhook_endpoint.disable' THEN 'webhook_endpoint.disabled'
    WHEN 'webhook_endpoint.delete' THEN 'webhook_endpoint.deleted'
    WHEN 'webhook_endpoint.roll' THEN 'webhook_endpoint.secret_rolled'
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
    WHEN kind LIKE 'webhook_endpoint.%' THEN jsonb_build_object('endpoint', NEW.resource)
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

-- A function that is replaced loses what was set for it.
DO $$
BEGIN
  EXECUTE format('ALTER FUNCTION note_event SET search_path = %I, pg_temp', current_schema());
END $$;
