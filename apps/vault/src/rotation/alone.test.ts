import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { BARE } from '../../test/bare-environment.ts';
import { ENGINES, emptyDatabase, type TestDatabase } from '../../test/engines.ts';
import type { TestVault } from '../../test/test-vault.ts';
import { backendOf, twoNodes } from '../../test/two-nodes.ts';
import { ask, keyOf, otherTenant } from '../../test/backend.ts';
import { ClaimedElsewhere } from '../db/claim.ts';
import { openPostgres } from '../db/postgres.ts';
import type { Database } from '../db/sql.ts';
import { rotateDataKey } from './rotate-data-keys.ts';
import { rotateFingerprints } from './rotate-fingerprints.ts';
import { shredTenant } from './shred-tenant.ts';

const MAIN = join(import.meta.dirname, '..', 'cli', 'main.ts');
const silent = () => {};
const KINDS = [
  ['data keys', rotateDataKey],
  ['fingerprint keys', rotateFingerprints],
] as const;

/** Halts an import between its question for the keys and its first row, where a transaction had no number. */
const HALT = `
CREATE FUNCTION halt() RETURNS trigger LANGUAGE plpgsql AS
  $$ BEGIN PERFORM pg_advisory_xact_lock_shared(42); RETURN NEW; END $$;
CREATE TRIGGER halt BEFORE INSERT ON tokens FOR EACH ROW EXECUTE FUNCTION halt()`;

/** A promise, and what settles it. */
function gate() {
  let open = () => {};
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { open, opened };
}

describe.each(ENGINES)('a rotation on %s', { timeout: 60_000 }, (engine) => {
  let nodes: Awaited<ReturnType<typeof twoNodes>>;
  let it: TestVault;
  let node: TestVault;
  let tenant: string;
  let backend: ReturnType<typeof backendOf>;
  beforeAll(async () => {
    nodes = await twoNodes(engine);
    ({ it, node } = nodes);
    ({ tenant } = it.merchant);
    backend = backendOf(it, await keyOf(it, { scopes: ['tokens:write', 'tokens:reveal'] }));
  }, 60_000);
  afterAll(() => nodes.close());

  const owner = (text: string, values: unknown[] = []) => it.vault.sql.owner.query(text, values);
  const claim = (kind: string, until: string) =>
    owner(`INSERT INTO claims VALUES ($1, 'of a killed process', now() + $2::interval)`, [
      `${kind} of ${tenant}`,
      until,
    ]);

  test.each(KINDS)(
    'of %s refuses a second one while it lives, on any node',
    async (kind, rotate) => {
      await backend.make();
      const started = gate();
      let isOver = false;
      const sql: Database = {
        ...it.vault.sql,
        transaction: async (scope, work) => {
          const done = await it.vault.sql.transaction(scope, work);
          started.open();
          // As the portions of a large tenant would.
          while (!isOver) {
            await owner("UPDATE claims SET until = until + interval '1 second'");
            await sleep(50);
          }
          return done;
        },
      };
      const first = rotate({ ...it.vault, sql }, tenant, silent);
      await started.opened;
      const second = await rotate(node.vault, tenant, silent).catch((error: unknown) => error);
      isOver = true;
      if (!(second instanceof ClaimedElsewhere)) throw new Error('two rotated at once');
      expect(second.message).toBe(
        `Somebody else is at work on the ${kind} of ${tenant}; run it again later.`,
      );
      expect(await first).toMatchObject({ left: 0 });
      await backend.make(node);
      expect(await owner('SELECT FROM claims')).toStrictEqual([]);
    },
  );

  test.each(KINDS)(
    'of %s takes over from a killed one when its claim runs out',
    async (kind, rotate) => {
      await claim(kind, '1 second');
      expect(await rotate(it.vault, tenant, silent)).toMatchObject({ left: 0 });
      expect(await owner('SELECT FROM claims')).toStrictEqual([]);
    },
  );

  test.each(KINDS)('of %s writes nothing once another has taken over', async (_kind, rotate) => {
    await backend.make();
    const robbed = rotate(it.vault, tenant, () => {});
    const rob = async () => {
      for (;;) {
        const taken = await owner(`UPDATE claims SET owner = 'another' RETURNING work`);
        if (taken.length > 0) return;
        await new Promise(setImmediate);
      }
    };
    const [outcome] = await Promise.allSettled([robbed, rob()]);
    await owner('DELETE FROM claims');
    expect(outcome).toMatchObject({ status: 'rejected', reason: expect.any(ClaimedElsewhere) });
    expect(await rotate(it.vault, tenant, silent)).toMatchObject({ left: 0 });
  });

  test('does not stand in the way of shredding, and goes no further', async () => {
    const other = `ten_${'S'.repeat(22)}`;
    await owner(`INSERT INTO claims VALUES ($1, 'a living process', now() + interval '1 hour')`, [
      `data keys of ${other}`,
    ]);
    await shredTenant(it.vault, other, silent);
    expect(await owner('SELECT FROM claims')).toStrictEqual([]);
  });

  test('publishes no draft in the place of another key', async () => {
    const { tenants } = it.vault.keys;
    const number = tenants.dataKeys(tenant).length + 1;
    const id = await tenants.draftDataKey(tenant, number);
    tenants.publishDraft(tenant, number, id);
    // Again, as after a kill in between.
    tenants.publishDraft(tenant, number, id);
    await tenants.draftDataKey(tenant, number);
    expect(() => tenants.publishDraft(tenant, number, 'another')).toThrow('another data key');
    expect(tenants.dataKeys(tenant).at(-1)?.id).toBe(id);
  });
});

describe.runIf(ENGINES.includes('postgres'))('a rotation beside other transactions', () => {
  let nodes: Awaited<ReturnType<typeof twoNodes>>;
  let it: TestVault;
  let tenant: string;
  let backend: ReturnType<typeof backendOf>;
  beforeAll(async () => {
    nodes = await twoNodes('postgres');
    ({ it } = nodes);
    ({ tenant } = it.merchant);
    backend = backendOf(it, await keyOf(it, { scopes: ['tokens:write', 'tokens:reveal'] }));
  }, 60_000);
  afterAll(() => nodes.close());

  const owner = (text: string, values: unknown[] = []) => it.vault.sql.owner.query(text, values);
  const underOthers = async (dataKey: string | undefined) => {
    const text = 'SELECT count(*)::int AS n FROM cards WHERE data_key_id <> $1';
    return (await owner(text, [dataKey]))[0]?.['n'];
  };
  /** A transaction that stays open once a statement of it has run. */
  const holding = async (sql: Database, text: string) => {
    const [ready, free] = [gate(), gate()];
    const done = sql.owner.transaction(async (inside) => {
      await inside.query(text);
      ready.open();
      await free.opened;
    });
    await Promise.race([ready.opened, done]);
    return async () => {
      free.open();
      await done;
    };
  };

  test.each(KINDS)('of %s says whom it waits for, and comes to an end', async (_kind, rotate) => {
    const free = await holding(it.vault.sql, 'SELECT pg_current_xact_id()');
    const said: string[] = [];
    const waiting = rotate(it.vault, tenant, (line) => said.push(line), 500);
    await expect(waiting).rejects.toThrow(
      /^Waited 1 s for transactions .*processes \d+.*run it again/,
    );
    expect(said).toStrictEqual([expect.stringContaining('waiting for transactions')]);
    await free();
    expect(await rotate(it.vault, tenant, silent)).toMatchObject({ left: 0 });
  });

  test('waits for no other database of the server', async () => {
    const elsewhere = openPostgres(process.env['HUSHFIELD_TEST_PG'] ?? '');
    const free = await holding(elsewhere, 'SELECT pg_current_xact_id()');
    // Whatever the server does by itself in this one is over soon; that transaction stays open all the time.
    await rotateDataKey(it.vault, tenant, silent, 20_000);
    await free();
    await elsewhere.close();
  }, 30_000);

  test.each([
    ['data keys', 'cards', rotateDataKey],
    ['fingerprint keys', 'tokens', rotateFingerprints],
  ] as const)(
    'of %s says how many stayed locked',
    async (_kind, table, rotate) => {
      const { id } = await backend.make();
      let free = async () => {};
      let waited = 0;
      const { sql } = it.vault;
      // Locked once the waiting for its retirement is over: whoever began before is waited for.
      const late: Database = {
        ...sql,
        as: (role, whose) => ({
          async query(text, values, name) {
            const rows = await sql.as(role, whose).query(text, values, name);
            if (text.includes('pg_stat_activity') && rows.length === 0 && ++waited === 2)
              free = await holding(sql, `SELECT FROM ${table} WHERE token_id = '${id}' FOR UPDATE`);
            return rows;
          },
        }),
      };
      const done = await rotate({ ...it.vault, sql: late }, tenant, silent);
      await free();
      expect(done).toMatchObject({ left: 1, unreadable: [] });
      expect(await rotate(it.vault, tenant, silent)).toMatchObject({ left: 0 });
    },
    60_000,
  );

  test('leaves nothing to a statement that began before it and gets its number after', async () => {
    await it.vault.sql.owner.script(HALT);
    const free = await holding(it.vault.sql, 'SELECT pg_advisory_xact_lock(42)');
    const made = backend.make();
    await halted();
    const waits = gate();
    const rotation = rotateDataKey(it.vault, tenant, waits.open);
    await Promise.race([waits.opened, rotation]);
    await free();
    await made;
    expect(await underOthers((await rotation)?.dataKey)).toBe(0);
    await it.vault.sql.owner.script('DROP TRIGGER halt ON tokens; DROP FUNCTION halt');
  }, 60_000);

  test('waits for them too when it shreds, and leaves no card', async () => {
    const other = await otherTenant(it);
    const key = await keyOf(it, { tenant: other, scopes: ['tokens:write'] });
    await it.vault.sql.owner.script(HALT);
    const free = await holding(it.vault.sql, 'SELECT pg_advisory_xact_lock(42)');
    const body = { number: '4242424242424242', expMonth: 12, expYear: 2030 };
    const made = ask(it, key, 'POST', '/v1/tokens', { body });
    await halted();
    const waits = gate();
    const shredded = shredTenant(it.vault, other, waits.open);
    await Promise.race([waits.opened, shredded]);
    // Nothing opens already, whatever is waited for.
    expect(it.vault.keys.tenants.dataKeys(other)).toMatchObject([{ wrapped: undefined }]);
    await free();
    expect((await made).status).toBe(201);
    await shredded;
    for (const table of ['cards', 'tokens'])
      expect(await owner(`SELECT FROM ${table} WHERE tenant = $1`, [other])).toStrictEqual([]);
    await it.vault.sql.owner.script('DROP TRIGGER halt ON tokens; DROP FUNCTION halt');
  }, 60_000);

  test('is seen by a statement that began before it and asks after', async () => {
    const [key] = await owner('SELECT data_key_id FROM data_keys WHERE retired_at IS NULL');
    const free = await holding(it.vault.sql, 'SELECT pg_advisory_xact_lock(42)');
    const asked = it.vault.sql
      .as('api', tenant)
      .query('SELECT pg_advisory_xact_lock_shared(42), keys_in_force($1, $2, NULL) AS yes', [
        tenant,
        key?.['data_key_id'],
      ]);
    await halted();
    await owner('UPDATE data_keys SET retired_at = now() WHERE data_key_id = $1', [
      key?.['data_key_id'],
    ]);
    await free();
    expect((await asked)[0]?.['yes']).toBe(false);
  });

  async function halted(): Promise<void> {
    const text = `SELECT FROM pg_locks WHERE locktype = 'advisory' AND objid = 42 AND NOT granted`;
    while ((await owner(text)).length === 0);
  }
});

describe.runIf(ENGINES.includes('postgres'))('two commands at once', () => {
  let folder: string;
  let db: TestDatabase;
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'hushfield-at-once-'));
    db = await emptyDatabase('postgres');
  }, 60_000);
  afterAll(async () => {
    await db.drop();
    rmSync(folder, { recursive: true, force: true });
  });

  const hushfield = (...words: string[]) =>
    new Promise<{ code: number | null; out: string; err: string }>((resolve) => {
      const env = {
        ...BARE,
        HUSHFIELD_DATA_DIR: join(folder, 'data'),
        DATABASE_URL: db.url ?? '',
      };
      const child = spawn(process.execPath, [MAIN, ...words], { env });
      let [out, err] = ['', ''];
      child.stdout.on('data', (data) => (out += String(data)));
      child.stderr.on('data', (data) => (err += String(data)));
      child.once('close', (code) => resolve({ code, out, err }));
    });

  test('leave a tenant with one key in force, the newest, eight times', async () => {
    expect(await hushfield('migrate')).toMatchObject({ code: 0 });
    const { out } = await hushfield('tenant', 'create', '--name', 'Shop', '--json');
    const { tenant } = JSON.parse(out);
    let made = 1;
    for (let round = 0; round < 8; round++) {
      const what = round % 4 === 3 ? 'fingerprint' : 'data-keys';
      const rotate = () => hushfield('keys', 'rotate', '--what', what, '--json');
      const ends = await Promise.all([rotate(), rotate()]);
      const codes = ends.map(({ code }) => Number(code)).toSorted((one, two) => one - two);
      expect([
        [0, 0],
        [0, 1],
      ]).toContainEqual(codes);
      for (const { code, out: said } of ends)
        if (code === 1) expect(JSON.parse(said)).toMatchObject({ rotations: [], busy: [tenant] });
      if (what === 'data-keys') made += codes.filter((code) => code === 0).length;
      const keys = await db.sql.owner.query(
        'SELECT retired_at IS NULL AS in_force FROM data_keys ORDER BY created_at, data_key_id',
      );
      expect(keys).toHaveLength(made);
      expect(keys.filter((row) => row['in_force'] === true)).toHaveLength(1);
    }
    const file = join(folder, 'cards.ndjson');
    writeFileSync(
      file,
      '{"reference":"1","number":"4242424242424242","expMonth":12,"expYear":2030}\n',
    );
    const words = ['--file', file, '--out', join(folder, 'out.ndjson')];
    expect(await hushfield('import', '--tenant', tenant, ...words)).toMatchObject({ code: 0 });
  }, 180_000);
});
