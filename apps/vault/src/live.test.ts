import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ControllerBoot } from '@hushfield/contract/boot';
import { ManifestBundle } from '@hushfield/contract/http';
import { nativeEd25519, verifyManifest } from '@hushfield/crypto/seal';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openPostgres } from './db/postgres.ts';
import { rolesOf } from './db/roles-of.ts';
import { ROLES } from './role.ts';
import { BARE } from '../test/bare-environment.ts';
import { ENGINES, emptyDatabase, type TestDatabase } from '../test/engines.ts';
import { writeFakeDist } from '../test/fake-dist.ts';
import { freeBase } from '../test/free-base.ts';
import { openReply, sealFor } from '../test/sealed-request.ts';
import { HAS_SOFT_HSM, softHsm } from '../test/soft-hsm.ts';

const MAIN = join(import.meta.dirname, 'cli', 'main.ts');
const SHOP = 'https://www.shop.example';
const FIELDS = 'https://fields.vault.example';
/** Valid, and published nowhere. */
const CARD = { number: '4929000000000109', expMonth: 12, expYear: 2031, cvc: '123' };

/* Everything here is real: processes, commands, PostgreSQL, a software HSM, and a login that owns nothing. */
describe.runIf(HAS_SOFT_HSM && ENGINES.includes('postgres'))('live mode', () => {
  const node = `live_${process.pid}`;
  let folder: string;
  let db: TestDatabase;
  let environment: Record<string, string>;
  let rootKey: string;
  let base: number;
  const children: ChildProcess[] = [];

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'hushfield-live-'));
    const { place } = softHsm(folder);
    db = await emptyDatabase('postgres');
    const { fieldsDist, sdkDist } = writeFakeDist(join(folder, 'dist'));
    mkdirSync(join(folder, 'data'), { mode: 0o700 });
    base = await freeBase();
    environment = {
      ...BARE,
      SOFTHSM2_CONF: process.env['SOFTHSM2_CONF'] ?? '',
      HUSHFIELD_DATA_DIR: join(folder, 'data'),
      FIELDS_DIST: fieldsDist,
      SDK_DIST: sdkDist,
      DATABASE_URL: db.url ?? '',
      MODE: 'live',
      KEK: 'pkcs11',
      PKCS11_MODULE: place.module,
      PKCS11_TOKEN: place.token,
      PKCS11_PIN_FILE: place.pinFile,
      FIELDS_ORIGIN: FIELDS,
      API_ORIGIN: 'https://api.vault.example',
      SHOP_ORIGIN: SHOP,
      PORT_BASE: String(base),
      DRAIN_SECONDS: '0',
      LOG_LEVEL: 'warn',
    };
  }, 60_000);
  afterAll(async () => {
    for (const child of children) child.kill('SIGKILL');
    await db.drop();
    const { sql, drop } = await emptyDatabase('postgres');
    await sql.owner.script(`DROP ROLE IF EXISTS ${node}`);
    await drop();
    rmSync(folder, { recursive: true, force: true });
  }, 30_000);

  const at = (name: string) => join(folder, name);
  const hushfield = (line: string, more: { env?: Record<string, string>; input?: string } = {}) => {
    const { env = environment, input = '' } = more;
    const words = [MAIN, ...line.split(' '), '--json'];
    return spawnSync(process.execPath, words, { env, input, encoding: 'utf8' });
  };
  const done = (line: string, more: Parameters<typeof hushfield>[1] = {}) => {
    const { status, stdout, stderr } = hushfield(line, more);
    expect({ line, status, stderr }).toMatchObject({ status: 0 });
    return JSON.parse(stdout) as Record<string, string>;
  };
  const serve = (change: Record<string, string> = {}, ...words: string[]) => {
    const { DATABASE_URL, ROOT_PUBLIC_KEY, ...rest } = { ...environment, ...change };
    const env = {
      ...rest,
      ...(DATABASE_URL ? { DATABASE_URL } : {}),
      ...(ROOT_PUBLIC_KEY ? { ROOT_PUBLIC_KEY } : {}),
    };
    const child = spawn(process.execPath, [MAIN, 'serve', ...words], { env });
    children.push(child);
    let text = '';
    const heard = new Promise<string>((resolve) => {
      for (const stream of [child.stdout, child.stderr])
        stream.on('data', (data) => {
          text += String(data);
          if (text.includes('serving')) resolve(text);
        });
      child.once('exit', () => resolve(text));
    });
    const ended = new Promise<number | null>((resolve) => child.once('exit', resolve));
    return { child, heard, ended };
  };

  test('is reached by a ceremony of a few commands', async () => {
    const bare = { PATH: environment['PATH'] ?? '' };
    const passphrase = 'correct horse battery staple\n';
    rootKey =
      done(`root create --out ${at('root.json')}`, { env: bare, input: passphrase })['publicKey'] ??
      '';
    environment['ROOT_PUBLIC_KEY'] = rootKey;
    done('migrate');
    await db.sql.owner.script(`CREATE ROLE ${node} LOGIN NOINHERIT;
      GRANT ${rolesOf([...ROLES, 'the command line']).join(', ')} TO ${node}`);
    const url = new URL(db.url ?? '');
    url.username = node;
    environment['DATABASE_URL'] = url.href;

    expect(await serve().heard).toContain('The root has spoken for no manifest key');
    const asked = done(`root request --out ${at('request.json')}`);
    const sign = `root sign --key ${at('root.json')} --request ${at('request.json')}`;
    const shown = hushfield(sign, { env: bare });
    expect(JSON.parse(shown.stdout)).toMatchObject({ signed: false });
    done(`${sign} --out ${at('delegation.json')} --days 20`, { env: bare, input: passphrase });
    const installed = done(`root install --delegation ${at('delegation.json')}`);
    expect(installed['manifestKey']).toBe(asked['manifestKey']);
    const { out, status } = { ...hushfield('doctor'), out: hushfield('doctor').stdout };
    expect([status, JSON.parse(out).fit]).toStrictEqual([0, true]);
  }, 60_000);

  test('takes a card by the sealed route, refuses 4242…, and knows no key of the test mode', async () => {
    const { tenant } = done('tenant create --name Shop');
    const pk = done(`key create --tenant ${tenant} --kind pk --origin ${SHOP}`)['key'] ?? '';
    const beside = 'https://shop.vault.example';
    for (const line of [
      `key create --tenant ${tenant} --kind pk --origin ${beside}`,
      `origin prove --vouched --tenant ${tenant} --origin ${beside}`,
    ])
      expect(hushfield(line)).toMatchObject({ status: 2, stderr: expect.stringContaining('site') });
    const sk = done(`key create --tenant ${tenant} --kind sk`)['key'] ?? '';
    expect([pk.slice(0, 8), sk.slice(0, 8)]).toStrictEqual(['pk_live_', 'sk_live_']);
    const { child, heard, ended } = serve();
    expect(await heard).toContain('serving');
    const [fields, api] = [`http://127.0.0.1:${base + 1}`, `http://127.0.0.1:${base + 2}`];

    const page = await fetch(`${fields}/f1/${pk}/controller`, {
      headers: { 'sec-fetch-dest': 'iframe' },
    });
    const [, json = ''] = /id="boot">(.*?)<\/script>/.exec(await page.text()) ?? [];
    const boot = ControllerBoot.parse(JSON.parse(json));
    expect(boot).toMatchObject({ mode: 'live', root: rootKey });
    const list = await fetch(`${api}/v1/keys/manifest`);
    const verify = await nativeEd25519();
    if (verify === undefined) throw new Error('no Ed25519');
    const trust = {
      rootPublicKey: Uint8Array.from(Buffer.from(boot.root, 'base64url')),
      env: boot.mode,
      minSeq: boot.minSeq,
      now: boot.now,
    };
    const key = await verifyManifest(ManifestBundle.parse(await list.json()), trust, verify);
    const frame = { ticket: boot.ticket, parentOrigin: SHOP, key };
    const trade = async (card: object, attempt: number) => {
      const { body, sealed } = await sealFor(frame, { card, attempt });
      const answer = await fetch(`${api}/v1/tokenize`, {
        method: 'POST',
        headers: { origin: FIELDS, 'content-type': 'application/json' },
        body: JSON.stringify(body),
      });
      return openReply(sealed, await answer.text());
    };
    const reply = await trade(CARD, 1);
    expect(reply).toMatchObject({
      ok: true,
      token: { id: expect.stringMatching(/^tok_live_/), mode: 'live', card: { last4: '0109' } },
    });
    expect(await trade({ ...CARD, number: '4242424242424242' }, 2)).toMatchObject({
      ok: false,
      error: { code: 'invalid_number', field: 'number' },
    });
    const get = async (key: string) => {
      const url = `${api}/v1/tokens/${reply.ok ? reply.token.id : ''}`;
      return (await fetch(url, { headers: { authorization: `Bearer ${key}` } })).status;
    };
    expect([await get(sk), await get(sk.replace('live', 'test'))]).toStrictEqual([200, 401]);
    const acts = await db.sql.owner.query(
      'SELECT action, resource FROM audit_entries WHERE tenant = $1 ORDER BY action',
      [`ten_${'0'.repeat(22)}`],
    );
    expect(acts).toStrictEqual([
      { action: 'log.start', resource: 'audit' },
      { action: 'receive.create', resource: expect.stringMatching(/^[\w-]{22}$/) },
      { action: 'root.install', resource: expect.stringMatching(/^[\w-]{43}$/) },
      { action: 'schema.migrate', resource: expect.stringMatching(/^\d{4}_/) },
      { action: 'tenant.create', resource: tenant },
    ]);
    child.kill('SIGTERM');
    expect(await ended).toBe(0);
  }, 60_000);

  test('starts in front of the worker too, whose key the other roles do not unwrap', async () => {
    const { child, heard, ended } = serve({}, '--role', 'api,fields');
    expect(await heard).toContain('serving api, fields');
    child.kill('SIGTERM');
    expect(await ended).toBe(0);
    const other = serve({ ROOT_PUBLIC_KEY: 'A'.repeat(43) }, '--role', 'api');
    expect(await other.heard).toContain('spoken for no manifest key');
  }, 30_000);

  type Case = {
    readonly change?: Record<string, string>;
    /** Makes it so; gives what undoes it. */
    readonly arrange?: () => Promise<() => unknown> | (() => unknown);
    readonly says: string;
  };
  const script = async (text: string) => db.sql.owner.script(text);
  const CASES: readonly [string, Case][] = [
    ['a KEK in a folder', { change: { KEK: 'directory' }, says: 'The KEK is a file' }],
    ['the embedded database', { change: { DATABASE_URL: '' }, says: 'embedded database' }],
    ['fields by http', { change: { FIELDS_ORIGIN: 'http://f.example' }, says: 'A plain http' }],
    ['an API by http', { change: { API_ORIGIN: 'http://a.example' }, says: 'A plain http' }],
    [
      'fields on the site of a merchant',
      { change: { FIELDS_ORIGIN: 'https://pay.shop.example' }, says: 'share a site' },
    ],
    [
      'a clock ahead',
      {
        change: {
          NODE_OPTIONS:
            '--import=data:text/javascript,const%20n=Date.now;Date.now=()=%3En()%2B10000',
        },
        says: 'differ by more than two seconds',
      },
    ],
    [
      'a changed schema',
      {
        arrange: async () => {
          await script('GRANT SELECT ON cards TO hushfield_fields');
          return () => script('REVOKE SELECT ON cards FROM hushfield_fields');
        },
        says: 'Tables, grants or policies differ',
      },
    ],
    [
      'a second machine on a database without a replica',
      {
        arrange: async () => {
          const other = openPostgres(db.url ?? '', {}, 'machine-2');
          await other.owner.query('SELECT');
          return () => other.close();
        },
        says: 'More than one machine serves',
      },
    ],
    [
      'a folder that others may read',
      {
        arrange: () => {
          chmodSync(at('data'), 0o750);
          return () => chmodSync(at('data'), 0o700);
        },
        says: 'Others on this machine may read',
      },
    ],
    [
      'a root under another name there',
      {
        arrange: () => {
          const seed = at('data/keys/offline-root/root.1700000000');
          writeFileSync(seed, 'x');
          return () => rmSync(seed);
        },
        says: 'The seed of the root lies in the key store',
      },
    ],
    [
      'a root in the key store',
      {
        arrange: () => {
          const seed = at('data/keys/offline-root/root');
          writeFileSync(seed, 'x');
          return () => rmSync(seed);
        },
        says: 'The seed of the root lies in the key store',
      },
    ],
    ['no pinned root', { change: { ROOT_PUBLIC_KEY: '' }, says: 'ROOT_PUBLIC_KEY is not set' }],
    [
      'another root',
      { change: { ROOT_PUBLIC_KEY: 'A'.repeat(43) }, says: 'spoken for no manifest key' },
    ],
    [
      'a word that is over',
      {
        change: {
          NODE_OPTIONS:
            '--import=data:text/javascript,const%20n=Date.now;Date.now=()=%3En()%2B20*864e5',
        },
        says: 'spoken for no manifest key',
      },
    ],
    [
      'another key store',
      {
        arrange: () => {
          environment['KEY_STORE_DIR'] = at('elsewhere');
          return () => delete environment['KEY_STORE_DIR'];
        },
        says: 'check KEY_STORE_DIR',
      },
    ],
    ['test mode on it', { change: { MODE: 'test' }, says: 'is of a live deployment' }],
    [
      'a database of test mode',
      {
        arrange: async () => {
          await script("UPDATE deployment SET mode = 'test'");
          return () => script("UPDATE deployment SET mode = 'live'");
        },
        says: 'is of a test deployment',
      },
    ],
  ];
  test.each(CASES)(
    'does not start with %s',
    async (_name, { change = {}, arrange, says }) => {
      const undo = (await arrange?.()) ?? (() => {});
      try {
        const { heard, ended } = serve(change);
        expect(await heard).toContain(says);
        expect(await ended).toBe(1);
      } finally {
        await undo();
      }
    },
    30_000,
  );
});
