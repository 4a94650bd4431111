-- Tenant first in every key; ids are made in code; no card number, name or security code in clear.

CREATE TABLE tenants (
  tenant     text        PRIMARY KEY,
  name       text        NOT NULL,
  created_at timestamptz NOT NULL
);

CREATE TABLE api_keys (
  tenant       text        NOT NULL REFERENCES tenants,
  key_id       text        NOT NULL UNIQUE CHECK (length(key_id) = 8),
  kind         text        NOT NULL CHECK (kind IN ('pk', 'sk')),
  mode         text        NOT NULL CHECK (mode IN ('test', 'live')),
  -- HMAC under a pepper that is not in the database
  hash         bytea       NOT NULL CHECK (octet_length(hash) = 32),
  created_at   timestamptz NOT NULL,
  last_used_at timestamptz,
  revoked_at   timestamptz,
  PRIMARY KEY (tenant, key_id)
);

CREATE TABLE origins (
  tenant     text        NOT NULL,
  key_id     text        NOT NULL,
  origin     text        NOT NULL,
  created_at timestamptz NOT NULL,
  PRIMARY KEY (tenant, key_id, origin),
  FOREIGN KEY (tenant, key_id) REFERENCES api_keys
);

-- That a key exists, never the key: wrapped keys live in the key directory.
CREATE TABLE data_keys (
  tenant      text        NOT NULL REFERENCES tenants,
  data_key_id text        NOT NULL,
  class       text        NOT NULL CHECK (class IN ('pan', 'bank', 'secret')),
  created_at  timestamptz NOT NULL,
  PRIMARY KEY (tenant, data_key_id)
);

-- No foreign keys to tenants and data_keys from here on: each insert would lock the one row that
-- all inserts of a tenant share.
CREATE TABLE tokens (
  tenant        text        NOT NULL,
  token_id      text        NOT NULL,
  mode          text        NOT NULL CHECK (mode IN ('test', 'live')),
  brand         text        NOT NULL,
  networks      text[]      NOT NULL,
  last4         text        NOT NULL CHECK (length(last4) = 4),
  bin           text        CHECK (length(bin) <= 8),
  exp_month     integer     NOT NULL,
  exp_year      integer     NOT NULL,
  cvc_collected boolean     NOT NULL,
  fingerprint   text        NOT NULL,
  created_at    timestamptz NOT NULL,
  expires_at    timestamptz,
  PRIMARY KEY (tenant, token_id)
);
CREATE INDEX tokens_expires_at ON tokens (expires_at) WHERE expires_at IS NOT NULL;

CREATE TABLE cards (
  tenant         text    NOT NULL,
  token_id       text    NOT NULL,
  envelope       bytea   NOT NULL,
  data_key_id    text    NOT NULL,
  schema_version integer NOT NULL,
  PRIMARY KEY (tenant, token_id),
  FOREIGN KEY (tenant, token_id) REFERENCES tokens ON DELETE CASCADE
);

-- What a ticket's attempt was answered with, so that the same bytes get the same answer.
CREATE TABLE attempts (
  tenant       text        NOT NULL,
  ticket_nonce text        NOT NULL,
  attempt      integer     NOT NULL,
  digest       bytea       NOT NULL CHECK (octet_length(digest) = 32),
  token_id     text,
  error_code   text,
  error_field  text,
  expires_at   timestamptz NOT NULL,
  PRIMARY KEY (tenant, ticket_nonce, attempt),
  CHECK ((token_id IS NULL) <> (error_code IS NULL))
);
CREATE INDEX attempts_expires_at ON attempts (expires_at);

CREATE TABLE audit_entries (
  tenant     text        NOT NULL,
  entry_id   text        NOT NULL,
  at         timestamptz NOT NULL,
  actor      text        NOT NULL,
  action     text        NOT NULL,
  resource   text        NOT NULL,
  outcome    text        NOT NULL,
  origin     text,
  request_id text,
  PRIMARY KEY (tenant, entry_id)
);

CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION 'audit entries are append-only'; END $$;

CREATE TRIGGER audit_entries_append_only
  BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_entries
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

CREATE TABLE manifests (
  seq        integer     PRIMARY KEY,
  -- the JSON text of the signed bundle
  bundle     text        NOT NULL,
  created_at timestamptz NOT NULL
);
