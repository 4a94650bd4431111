-- What a backend says of its tokens, and what it was answered.

ALTER TABLE tokens
  ADD COLUMN type     text  NOT NULL DEFAULT 'card' CHECK (type IN ('card')),
  -- the merchant's own name for a shopper, by which tokens are found and erased together
  ADD COLUMN customer text  CHECK (length(customer) <= 64),
  ADD COLUMN metadata jsonb NOT NULL DEFAULT '{}';
CREATE INDEX tokens_customer ON tokens (tenant, customer, created_at DESC, token_id DESC)
  WHERE customer IS NOT NULL;
GRANT UPDATE (customer, metadata) ON tokens TO hushfield_api;

-- The answer to a request that may come again. Name and request are known by HMACs under a key of
-- the vault: a stolen table tells neither.
CREATE TABLE idempotent_answers (
  tenant      text        NOT NULL,
  key_id      text        NOT NULL,
  name        bytea       NOT NULL CHECK (octet_length(name) = 32),
  request     bytea       NOT NULL CHECK (octet_length(request) = 32),
  status      integer     NOT NULL,
  -- sealed; nothing where the answer held a secret, which is shown once
  answer      bytea,
  data_key_id text,
  resource    text        NOT NULL,
  expires_at  timestamptz NOT NULL,
  PRIMARY KEY (tenant, key_id, name)
) PARTITION BY HASH (tenant, key_id, name);

DO $$
BEGIN
  FOR part IN 0..7 LOOP
    EXECUTE format('CREATE TABLE %I PARTITION OF idempotent_answers
      FOR VALUES WITH (MODULUS 8, REMAINDER %s)', 'idempotent_answers_' || part, part);
  END LOOP;
END $$;
CREATE INDEX idempotent_answers_expires_at ON idempotent_answers (expires_at);

GRANT SELECT, INSERT ON idempotent_answers TO hushfield_api;
GRANT SELECT (expires_at), DELETE ON idempotent_answers TO hushfield_worker;
GRANT SELECT, UPDATE (answer, data_key_id) ON idempotent_answers TO hushfield_rotator;
ALTER TABLE idempotent_answers ENABLE ROW LEVEL SECURITY;
CREATE POLICY own_tenant ON idempotent_answers TO hushfield_api
  USING (tenant = current_setting('hushfield.tenant', true));
CREATE POLICY every_tenant ON idempotent_answers
  TO hushfield_worker, hushfield_rotator, hushfield_admin USING (true);
