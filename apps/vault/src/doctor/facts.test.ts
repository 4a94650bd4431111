import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ENGINES, emptyDatabase, type TestDatabase } from '../../test/engines.ts';
import { readConfig } from '../config.ts';
import { migrate, wantedSchema } from '../db/migrate.ts';
import { gatherFacts } from './facts.ts';

const TENANT = `ten_${'A'.repeat(22)}`;
const DOING = ['the command line', 'api', 'fields', 'worker'] as const;

describe.each(ENGINES)('facts on %s', { timeout: 60_000 }, (engine) => {
  let it: TestDatabase;
  let folder: string;
  beforeAll(async () => {
    it = await emptyDatabase(engine);
    folder = mkdtempSync(join(tmpdir(), 'hushfield-facts-'));
  }, 60_000);
  afterAll(async () => {
    await it.drop();
    rmSync(folder, { recursive: true });
  });
  const gather = (environment: object, role: (typeof DOING)[number] = 'fields') => {
    const config = readConfig({ HUSHFIELD_DATA_DIR: folder, MODE: 'live', ...environment });
    return gatherFacts(config, it.sql, { does: [role], schema: wantedSchema() });
  };

  test('are had of a database that nobody has migrated', async () => {
    expect(await gather({})).toMatchObject({ schemaIsOurs: false, sharesSite: false });
    await migrate(it.sql.owner);
    expect(await gather({})).toMatchObject({ schemaIsOurs: true, unprovedOrigins: 0 });
  });

  test.each([
    ['suffixes of the public list', 'https://shop.github.io', 'https://vault.github.io', false],
    ['one of two labels', 'https://shop.co.uk', 'https://vault.co.uk', false],
    ['one domain', 'https://a.shop.co.uk:8443', 'https://b.shop.co.uk', true],
    ['the domain itself', 'https://shop.example', 'https://fields.shop.example', true],
    ['the same origin', 'https://fields.example', 'https://fields.example', true],
    ['an end that is alike', 'https://notshop.example', 'https://fields.shop.example', false],
    ['two addresses', 'https://192.0.2.1', 'https://192.0.2.2', false],
    ['an address of version 6', 'https://[2001:db8::1]:8443', 'https://[2001:db8::1]', true],
  ])('tell sites apart: %s', async (_name, shop, FIELDS_ORIGIN, sharesSite) => {
    await register(shop);
    for (const role of DOING)
      expect(await gather({ FIELDS_ORIGIN }, role)).toMatchObject({
        sharesSite,
        unprovedOrigins: 1,
      });
  });

  test('say what is let through, each list for itself', async () => {
    const environment = {
      EGRESS_ALLOWED_ORIGINS: 'https://gateway.lan',
      EGRESS_WEBHOOK_ORIGINS: 'https://hooks.lan,https://10.0.0.7:8443',
    };
    expect(await gather(environment)).toMatchObject({
      letThrough: {
        destinations: ['https://gateway.lan'],
        webhooks: ['https://hooks.lan', 'https://10.0.0.7:8443'],
      },
    });
  });

  const OTHER = `INSERT INTO tenants VALUES ('ten_${'B'.repeat(22)}', 'other', now())`;
  test.each([
    ['an unproved origin of one tenant among several', OTHER, false, 1],
    [
      'one where the others were shredded',
      `${OTHER}; UPDATE tenants SET shredded_at = now() WHERE name = 'other'`,
      ...([true, 1] as const),
    ],
    [
      'a proved one among several',
      `${OTHER}; UPDATE origins SET proved_at = now()`,
      ...([true, 0] as const),
    ],
    ['one of a revoked key', 'UPDATE api_keys SET revoked_at = now()', false, 0],
    ['one of a key that ran out', 'UPDATE api_keys SET expires_at = now()', false, 0],
    [
      'one of a key that will run out',
      "UPDATE api_keys SET expires_at = now() + interval '1 hour'",
      ...([true, 1] as const),
    ],
  ])('count origins as frames do: %s', async (_name, change, sharesSite, unprovedOrigins) => {
    await register('https://x.vault.example');
    await it.sql.owner.script(change);
    const FIELDS_ORIGIN = 'https://fields.vault.example';
    expect(await gather({ FIELDS_ORIGIN })).toMatchObject({ sharesSite, unprovedOrigins });
  });

  test('take a schema that a newer version has added to for ours, rights on its columns too', async () => {
    await it.sql.owner.script(`ALTER TABLE tokens ADD COLUMN later text;
      GRANT SELECT (later), UPDATE (later) ON tokens TO hushfield_api, hushfield_worker;
      INSERT INTO migrations (name, compatible_from) VALUES ('9999_later.sql', '0015')`);
    expect(await gather({})).toMatchObject({ schemaIsAhead: true, schemaIsOurs: true });
    await it.sql.owner.script('GRANT UPDATE (hash) ON api_keys TO hushfield_worker');
    expect(await gather({})).toMatchObject({ schemaIsAhead: true, schemaIsOurs: false });
  });

  const register = (origin: string) =>
    it.sql.owner.script(`DELETE FROM origins; DELETE FROM api_keys; DELETE FROM tenants;
      INSERT INTO tenants VALUES ('${TENANT}', 'n', now());
      INSERT INTO api_keys (tenant, key_id, kind, mode, hash, created_at)
        VALUES ('${TENANT}', 'keyAAAAA', 'pk', 'live', decode(repeat('00', 32), 'hex'), now());
      INSERT INTO origins VALUES ('${TENANT}', 'keyAAAAA', '${origin}', now(), NULL)`);
});
