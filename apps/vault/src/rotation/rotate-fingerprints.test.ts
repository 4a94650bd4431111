import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ask, keyOf, otherTenant } from '../../test/backend.ts';
import { BARE } from '../../test/bare-environment.ts';
import { lines } from '../../test/card-lines.ts';
import { ENGINES, emptyDatabase, type TestDatabase } from '../../test/engines.ts';
import { tokenize } from '../../test/sealed-request.ts';
import type { TestVault } from '../../test/test-vault.ts';
import { backendOf, twoNodes } from '../../test/two-nodes.ts';
import { rotateFingerprints } from './rotate-fingerprints.ts';
import { rotateKek } from './rotate-kek.ts';
import { shredTenant } from './shred-tenant.ts';

const MAIN = join(import.meta.dirname, '..', 'cli', 'main.ts');
const silent = () => {};

// A rotation waits for what began before it, and for fifteen seconds for the claim of one that was killed.
const PATIENT = 60_000;

describe.each(ENGINES)('rotations of fingerprint keys on %s', { timeout: PATIENT }, (engine) => {
  let nodes: Awaited<ReturnType<typeof twoNodes>>;
  let it: TestVault;
  /** Another node of the same vault, with a memory of its own. */
  let node: TestVault;
  let tenant: string;
  let key: string;
  let backend: ReturnType<typeof backendOf>;
  beforeAll(async () => {
    nodes = await twoNodes(engine);
    ({ it, node } = nodes);
    ({ tenant } = it.merchant);
    key = await keyOf(it, { scopes: ['tokens:write', 'tokens:read', 'tokens:delete'] });
    backend = backendOf(it, key);
  }, 60_000);
  afterAll(() => nodes.close());

  const owner = (text: string, values: unknown[] = []) => it.vault.sql.owner.query(text, values);
  const rotate = (progress: (line: string) => void = silent) =>
    rotateFingerprints(it.vault, tenant, progress);
  const shopped = async (at: TestVault) => {
    const reply = await tokenize(at);
    if (!reply.ok) throw new Error(reply.error.code);
    return reply.token.id;
  };
  const fingerprintOf = async (id: string) =>
    (await ask(it, key, 'GET', `/v1/tokens/${id}`)).body.fingerprint;
  /** Fingerprints of the one card that everybody pays with here. */
  const all = async () =>
    (await owner('SELECT DISTINCT fingerprint FROM tokens WHERE tenant = $1', [tenant])).map(
      (row) => row['fingerprint'],
    );
  const keysLeft = () =>
    it.vault.keys.tenants
      .fingerprints(tenant)
      .flatMap(({ number, wrapped }) => (wrapped === undefined ? [] : [number]));

  test('give every token of a card the same new one, and find them by it', async () => {
    const ids = [(await backend.make()).id, await shopped(it), (await backend.make(node)).id];
    const before = await fingerprintOf(ids[0] ?? '');
    expect(await rotate()).toMatchObject({ number: 2, renewed: 3, destroyed: 1, unreadable: [] });
    const after = await fingerprintOf(ids[0] ?? '');
    expect(after).not.toBe(before);
    expect(await all()).toStrictEqual([after]);
    const found = async (fingerprint: string) => {
      const { body } = await ask(it, key, 'GET', `/v1/tokens?fingerprint=${fingerprint}`);
      return Array.isArray(body['data']) ? body['data'].length : undefined;
    };
    expect([await found(after), await found(before)]).toStrictEqual([3, 0]);
    expect(keysLeft()).toStrictEqual([2]);
  });

  test('let no node store one of a retired key, though it has it in memory', async () => {
    await backend.make(node);
    await rotate();
    await backend.make(node);
    await shopped(node);
    expect(await all()).toHaveLength(1);
  });

  test('lose and refuse nothing while cards come in', async () => {
    let running = true;
    const ids: string[] = [];
    const shoppers = [it, node].map(async (at) => {
      // Fewer than one network may try in an hour, however long the rotations wait for others.
      while (running && ids.length < 400) ids.push(await shopped(at), (await backend.make(at)).id);
    });
    const numbers = [await rotate(), await rotate(), await rotate()].map((done) => done?.number);
    running = false;
    await Promise.all(shoppers);
    expect(ids.length).toBeGreaterThan(3);
    expect(new Set(numbers).size).toBe(3);
    expect(await all()).toHaveLength(1);
    expect(keysLeft()).toStrictEqual([numbers[2]]);
  });

  test('go on where they were cut off, with the same key', async () => {
    const cut = new Error('cut off');
    const before = keysLeft();
    await expect(
      // The server's own housekeeping may be waited for before.
      rotate((line) => {
        if (!line.startsWith('waiting')) throw cut;
      }),
    ).rejects.toBe(cut);
    const [, made] = keysLeft();
    expect(keysLeft()).toStrictEqual([...before, made]);
    // The first portion was committed; the keys before go with the end alone.
    const done = await rotate();
    expect(done).toMatchObject({ number: made, destroyed: 1 });
    expect(await all()).toHaveLength(1);
  });

  test('take up a key that a killed process had made', async () => {
    const { tenants } = it.vault.keys;
    const next = tenants.fingerprints(tenant).length + 1;
    await tenants.createFingerprint(tenant, next);
    // A node that learns of it now may use it: it is not below what is in force.
    node.vault.keys.forget(tenant);
    await backend.make(node);
    expect(await all()).toHaveLength(2);
    expect(await rotate()).toMatchObject({ number: next, destroyed: 1 });
    expect(await all()).toHaveLength(1);
  });

  test('end a key whose end was cut off, with what a killed process left of it', async () => {
    const folder = join(it.vault.keys.folder, 'tenants');
    await rotate();
    const [number = 0] = keysLeft();
    const name = `${tenant}.fingerprint.${String(number).padStart(4, '0')}`;
    const bytes = readFileSync(join(folder, name));
    await rotate();
    expect(readFileSync(join(folder, name))).toHaveLength(0);
    // It was killed once the empty file had the name, and before the old bytes were wiped.
    writeFileSync(join(folder, `${name}.0123456789abcdef.tmp`), bytes);
    expect(await rotate()).toMatchObject({ number: number + 1, destroyed: 1 });
    expect(readdirSync(folder).filter((each) => each.endsWith('.tmp'))).toStrictEqual([]);
    expect(readFileSync(join(folder, name))).toHaveLength(0);
    expect(keysLeft()).toStrictEqual([number + 1]);
  });

  test('name what does not open, leave it, and keep its key until it is gone', async () => {
    const { id } = await backend.make();
    const before = await fingerprintOf(id);
    await owner(
      'UPDATE cards SET envelope = set_byte(envelope, 90, get_byte(envelope, 90) # 1) WHERE token_id = $1',
      [id],
    );
    const done = await rotate();
    expect(done).toMatchObject({ unreadable: [id], destroyed: 0 });
    expect(await fingerprintOf(id)).toBe(before);
    expect(keysLeft()).toHaveLength(2);
    const [needed] = keysLeft();
    // However often: the key it needs stays, and those in between do not pile up.
    for (const further of [1, 2]) {
      const number = Number(done?.number) + further;
      expect(await rotate()).toMatchObject({ number, unreadable: [id], destroyed: 1 });
      expect(keysLeft()).toStrictEqual([needed, number]);
    }
    await ask(it, key, 'DELETE', `/v1/tokens/${id}`);
    expect(await rotate()).toMatchObject({ destroyed: 1, unreadable: [] });
    expect(keysLeft()).toHaveLength(1);
  });

  test('name what opens as another type than its row says, and renew the others', async () => {
    const { id: other } = await backend.make();
    const body = { iban: 'DE89370400440532013000' };
    const { id } = (await ask(it, key, 'POST', '/v1/tokens', { body })).body;
    await owner("UPDATE tokens SET type = 'bank_account' WHERE token_id = $1", [id]);
    const before = await fingerprintOf(other);
    expect(await rotate()).toMatchObject({ unreadable: [id], left: 0 });
    expect(await fingerprintOf(other)).not.toBe(before);
    await ask(it, key, 'DELETE', `/v1/tokens/${id}`);
    await rotate();
  });

  test('are nobody else’s, go with the KEK, and end with their tenant', async () => {
    const other = await otherTenant(it);
    const theirs = await keyOf(it, { tenant: other, scopes: ['tokens:write', 'tokens:read'] });
    const body = { number: '4242424242424242', expMonth: 12, expYear: 2030 };
    const made = await ask(it, theirs, 'POST', '/v1/tokens', { body });
    const own = async () =>
      (await ask(it, theirs, 'GET', `/v1/tokens/${made.body.id}`)).body.fingerprint;
    await rotate();
    expect(await own()).toBe(made.body.fingerprint);
    await rotateKek(it.vault, silent);
    const fresh = await nodes.another();
    const again = await fresh.vault.keys.tenantKeys(tenant);
    expect([again.fingerprint.number]).toStrictEqual(keysLeft());
    await fresh.api.close();
    fresh.vault.keys.close();
    await shredTenant(it.vault, other, silent);
    expect(await rotateFingerprints(it.vault, other, silent)).toBeUndefined();
  });
});

describe.runIf(ENGINES.includes('postgres'))('the command', () => {
  const CARDS = 3_000;
  let folder: string;
  let db: TestDatabase;
  let killed: ChildProcess | undefined;
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'hushfield-fingerprints-'));
    db = await emptyDatabase('postgres');
  }, 60_000);
  afterAll(async () => {
    killed?.kill('SIGKILL');
    await db.drop();
    rmSync(folder, { recursive: true, force: true });
  });

  test('goes on behind a kill -9, with the same key, and leaves nothing behind', async () => {
    const env = {
      ...BARE,
      HUSHFIELD_DATA_DIR: join(folder, 'data'),
      DATABASE_URL: db.url ?? '',
    };
    const hushfield = (...words: string[]) => {
      const asked = [MAIN, ...words, '--json'];
      const { stdout, stderr, status } = spawnSync(process.execPath, asked, {
        env,
        encoding: 'utf8',
      });
      expect({ words, status, stderr }).toMatchObject({ status: 0 });
      return JSON.parse(stdout);
    };
    hushfield('migrate');
    const { tenant } = hushfield('tenant', 'create', '--name', 'Shop');
    const file = join(folder, 'cards.ndjson');
    writeFileSync(file, lines(0, CARDS));
    hushfield('import', '--tenant', tenant, '--file', file, '--out', join(folder, 'out.ndjson'));
    const rotate = ['keys', 'rotate', '--what', 'fingerprint', '--tenant', tenant];
    const child = spawn(process.execPath, [MAIN, ...rotate], { env });
    killed = child;
    await new Promise<void>((resolve, reject) => {
      child.stderr.on('data', (data) => String(data).includes('fingerprints') && resolve());
      child.once('exit', () => reject(new Error('it was too fast to be killed')));
    });
    child.removeAllListeners('exit');
    const ended = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGKILL');
    await ended;
    const numbers = () =>
      db.sql.owner.query(
        'SELECT fingerprint_key AS key, count(*)::int AS n FROM tokens GROUP BY 1 ORDER BY 1',
      );
    expect(await numbers()).toHaveLength(2);
    const again = hushfield(...rotate);
    expect(again).toMatchObject({ rotations: [{ number: 2, destroyed: 1, unreadable: [] }] });
    expect(await numbers()).toStrictEqual([{ key: 2, n: CARDS }]);
  }, 60_000);
});
