import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { parseApiKey } from '@hushfield/crypto/token-id';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { freeBase } from '../../test/free-base.ts';
import { SYSTEM_CLOCKS } from '../clock.ts';
import { createLog } from '../app/log.ts';
import type { Desk } from './command.ts';
import { COMMANDS } from './commands/index.ts';
import { columns } from './help.ts';
import { run } from './run.ts';

const MAIN = join(import.meta.dirname, 'main.ts');
let folder: string;
let desk: Desk;
const progress: string[] = [];
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'hushfield-cli-'));
  desk = {
    environment: { HUSHFIELD_DATA_DIR: join(folder, 'data') },
    ...SYSTEM_CLOCKS,
    log: createLog('silent', () => {}),
    input: Readable.from([]),
    progress: (line) => progress.push(line),
  };
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** What the tests look at in answers. */
type Said = {
  readonly tenant: string;
  readonly key: string;
  readonly keyId: string;
  readonly keys: unknown;
};

/** Runs a command that must succeed; gives its JSON. */
async function ask(line: string): Promise<Said> {
  const { out, err, exitCode } = await run([...line.split(' '), '--json'], desk);
  expect({ line, err, exitCode }).toStrictEqual({ line, err: '', exitCode: 0 });
  return JSON.parse(out);
}

test('leads an operator from nothing to keys, and each key through its life', async () => {
  expect(await run(['migrate', '--check'], desk)).toMatchObject({ exitCode: 1 });
  const early = await run(['tenant', 'list'], desk);
  expect(early).toMatchObject({ exitCode: 1, err: expect.stringContaining('hushfield migrate') });
  // A wrong word is told for what it is before the data is looked at.
  const wrong = await run(['key', 'list', '--tenant', 'nobody'], desk);
  expect(wrong).toMatchObject({ exitCode: 2, err: expect.stringContaining('--tenant') });
  expect(await ask('migrate')).toMatchObject({
    applied: expect.arrayContaining(['0001_first.sql']),
  });
  expect(await ask('migrate --check')).toStrictEqual({ pending: [] });

  const { tenant } = await ask('tenant create --name Corner');
  expect(await ask('tenant list')).toMatchObject({ tenants: [{ tenant, name: 'Corner' }] });
  const made = await ask(
    `key create --tenant ${tenant} --kind rk --scope tokens:read --scope tokens:write --from 192.0.2.0/24 --expires 90d --label orders`,
  );
  expect(parseApiKey(made.key)).toMatchObject({ kind: 'rk', keyId: made.keyId });
  const framed = await ask(`key create --tenant ${tenant} --kind pk --bin-digits 8`);
  const rolled = await ask(`key roll --key ${made.keyId} --overlap 1h`);
  await ask(`key revoke --key ${made.keyId}`);
  const { keys } = await ask(`key list --tenant ${tenant}`);
  const common = { label: 'orders', scopes: ['tokens:read', 'tokens:write'] };
  expect(keys).toMatchObject([
    { ...common, keyId: rolled.keyId, rolledFrom: made.keyId, revokedAt: null },
    { keyId: framed.keyId, binDigits: 8 },
    { ...common, keyId: made.keyId, revokedAt: expect.any(String) },
  ]);
  expect(JSON.stringify(keys)).not.toContain(made.key.slice(-20));
  expect(JSON.stringify(keys)).not.toContain('hash');
}, 60_000);

test('lets an origin of several tenants count once it is proved', async () => {
  const { tenant } = await ask('tenant create --name Second');
  const origin = 'https://shop.invalid';
  await ask(`key create --tenant ${tenant} --kind pk --origin ${origin}`);
  const question = ['origin', 'prove', '--tenant', tenant, '--origin', origin];
  expect(await run(question, desk)).toMatchObject({
    exitCode: 1,
    out: expect.stringContaining(`hushfield-tenant=${tenant}`),
  });
  const findings = async () => (await run(['doctor'], desk)).out;
  expect(await findings()).toContain('nobody has shown to control');
  expect(await ask(`${question.join(' ')} --vouched`)).toStrictEqual({ proved: true, keys: 1 });
  expect(await findings()).not.toContain('nobody has shown to control');
}, 30_000);

test('makes no second tenant that would take the frames of the first down', async () => {
  const environment = { HUSHFIELD_DATA_DIR: join(folder, 'at-stake') };
  const own = { ...desk, environment };
  const done = async (line: string) => {
    const { out, err } = await run([...line.split(' '), '--json'], own);
    expect(err).toBe('');
    return JSON.parse(out);
  };
  await done('migrate');
  const { tenant } = await done('tenant create --name First');
  const origins = Array.from({ length: 12 }, (_, n) => `https://shop-${n + 10}.invalid`);
  const registered = origins.map((origin) => ` --origin ${origin}`).join('');
  await done(`key create --tenant ${tenant} --kind pk${registered}`);
  const revoked = await done(
    `key create --tenant ${tenant} --kind pk --origin https://gone.invalid`,
  );
  await done(`key revoke --key ${revoked.keyId}`);

  const create = ['tenant', 'create', '--name', 'Second'];
  const { err, exitCode } = await run(create, own);
  expect(exitCode).toBe(2);
  expect(err).toContain(`Origins of ${tenant} that nobody has proved: 12.`);
  expect(err).toContain('--stop-unproved');
  const command = `hushfield origin prove --tenant ${tenant} --origin `;
  expect(err.split('\n').filter((line) => line.startsWith(`  ${command}`))).toHaveLength(10);
  expect(err).toContain(`${command}https://shop-10.invalid\n`);
  expect(err).toMatch(/ {2}and 2 more\n$/);
  expect((await done('tenant list')).tenants).toHaveLength(1);

  // Proved, they stand in nobody's way; and with several tenants already, nothing is left to stop.
  for (const origin of origins.slice(1))
    await done(`origin prove --tenant ${tenant} --origin ${origin} --vouched`);
  expect((await run(create, own)).err).toContain(`proved: 1. They count`);
  const second = await done(`${create.join(' ')} --stop-unproved`);
  await done('tenant create --name Third');
  // Shredded tenants are nobody: the first is alone again, and its origin is at stake as before.
  const { tenants } = await done('tenant list');
  for (const { tenant: other } of tenants.slice(1))
    await done(`tenant shred --tenant ${other} --confirm ${other}`);
  expect((await run(create, own)).err).toContain(`Origins of ${tenant} that nobody has proved: 1.`);
  await done(`origin prove --tenant ${tenant} --origin ${origins[0]} --vouched`);
  expect((await done(create.join(' '))).tenant).not.toBe(second.tenant);
}, 60_000);

test('rotates keys, and shreds a tenant', async () => {
  const { tenant } = await ask('tenant create --name Third');
  expect(await ask('keys rotate --what kek')).toMatchObject({ kek: 2 });
  const rotated = await ask(`keys rotate --what data-keys --tenant ${tenant} --keep 0m`);
  expect(rotated).toMatchObject({ rotations: [{ tenant, resealed: 0 }], destroyed: 1 });
  const shred = `tenant shred --tenant ${tenant} --confirm`;
  const ticket = await ask('keys rotate --what ticket');
  expect(ticket).toMatchObject({ what: 'ticket', inUseFrom: expect.stringMatching(/^20/) });
  expect(await ask('keys rotate --what ticket')).toStrictEqual(ticket);
  const slip = await run(`${shred} ten_${'A'.repeat(22)}`.split(' '), desk);
  expect(slip).toMatchObject({ exitCode: 2, err: expect.stringContaining('the same id') });
  expect(await ask(`${shred} ${tenant}`)).toStrictEqual({ tenant, keys: 1, cards: 0 });
  expect(await ask(`keys rotate --what data-keys --tenant ${tenant}`)).toMatchObject({
    rotations: [],
  });
}, 60_000);

test('finds a sandbox unfit for live mode, by its facts', async () => {
  const { out, exitCode } = await run(['doctor', '--json'], desk);
  const { fit, findings }: { fit: boolean; findings: { id: string; level: string }[] } =
    JSON.parse(out);
  const unsafe = findings.filter(({ level }) => level === 'unsafe').map(({ id }) => id);
  expect({ fit, unsafe, exitCode }).toStrictEqual({
    fit: false,
    unsafe: ['kek', 'database', 'https', 'root', 'root-key'],
    exitCode: 1,
  });
});

const KEY = ['key', 'create', '--tenant', `ten_${'A'.repeat(22)}`, '--kind'];
/** One more than a key may have. */
const many = (option: string, value: string) =>
  Array.from({ length: 33 }, (_, n) => [option, value.replace('{}', String(n))]).flat();

test.each([
  ['no command', [], 0, 'Commands'],
  ['an unknown command', ['frobnicate'], 2, 'no such command'],
  ['an unknown option', ['tenant', 'create', '--nmae', 'x'], 2, '--nmae'],
  ['a missing option', ['tenant', 'create'], 2, '--name'],
  [
    'a strange tenant',
    ['key', 'list', '--tenant', "x'; DROP TABLE cards"],
    2,
    'is not a tenant id',
  ],
  [
    'keys that are none',
    ['keys', 'rotate', '--what', 'all'],
    2,
    'is one of kek, data-keys, fingerprint, pepper, receive, ticket, session, manifest',
  ],
  [
    'a tenant that is none',
    ['tenant', 'shred', ...['--tenant', '--confirm'].flatMap((o) => [o, `ten_${'A'.repeat(22)}`])],
    1,
    'There is no tenant',
  ],
  [
    'a key for a tenant that is none',
    ['key', 'create', '--tenant', `ten_${'N'.repeat(22)}`, '--kind', 'sk'],
    1,
    'There is no tenant',
  ],
  [
    'keys of a tenant that is none',
    ['key', 'list', '--tenant', `ten_${'N'.repeat(22)}`],
    1,
    'There',
  ],
  [
    'a rotation for a tenant that is none',
    ['keys', 'rotate', '--what', 'data-keys', '--tenant', `ten_${'N'.repeat(22)}`],
    1,
    'There is no tenant',
  ],
  ['an unknown key', ['key', 'revoke', '--key', 'AAAAAAAA'], 1, 'There is no key AAAAAAAA.'],
  ['a BIN of seven digits', [...KEY, 'pk', '--bin-digits', '7'], 2, '--bin-digits'],
  ['a BIN for a backend', [...KEY, 'sk', '--bin-digits', '6'], 2, 'Only a publishable key has BIN'],
  [
    'a key without a scope',
    ['key', 'create', '--tenant', `ten_${'A'.repeat(22)}`, '--kind', 'rk'],
    2,
    '--scope',
  ],
  [
    'an origin with a path',
    [
      'key',
      'create',
      '--tenant',
      `ten_${'A'.repeat(22)}`,
      '--kind',
      'pk',
      '--origin',
      'https://a.example/x',
    ],
    2,
    'is not an origin',
  ],
  [
    'an origin that no browser would write',
    [...KEY, 'pk', '--origin', 'https://my_shop.example'],
    2,
    'is not an origin',
  ],
  ['33 origins', [...KEY, 'pk', ...many('--origin', 'https://s{}.example')], 2, 'more than'],
  ['33 addresses', [...KEY, 'sk', ...many('--from', '192.0.2.{}')], 2, 'more than'],
  ['an address with a zone', [...KEY, 'sk', '--from', 'fe80::1%eth0'], 2, 'CIDR'],
  ['seven scopes', [...KEY, 'sk', ...many('--scope', 'tokens:read')], 2, 'more than'],
  [
    'a key that could give itself the grants that it needs',
    [...KEY, 'rk', '--scope', 'forward', '--scope', 'grants:write', '--forward-needs-grant'],
    2,
    'grants:write to another',
  ],
  ['a label of two lines', [...KEY, 'sk', '--label', 'a\nb'], 2, '--label'],
  ['a label that turns letters around', [...KEY, 'sk', '--label', 'a\u202eb'], 2, '--label'],
  ['a name of two lines', ['tenant', 'create', '--name', 'a\nb'], 2, '--name'],
  [
    'a block that is none',
    ['key', 'create', '--tenant', `ten_${'A'.repeat(22)}`, '--kind', 'sk', '--from', '10.0.0.0/33'],
    2,
    'CIDR',
  ],
])('answers %s in a sentence', async (_name, words, exitCode, says) => {
  const outcome = await run(words, desk);
  expect(outcome.exitCode).toBe(exitCode);
  expect(outcome.out + outcome.err).toContain(says);
  expect(outcome.err).not.toMatch(/\bat \S+ \(|\.ts:|INSERT|violates/);
  expect(outcome.err).not.toMatch(/\n\s+at /);
  if (exitCode === 2 && words.length > 3) expect(outcome.err.trim().split('\n')).toHaveLength(1);
});

test('attacks: prints no sign that moves, colours or turns around what stands on a screen', () => {
  const label = '\r\u009b31m\u202e\nsk  test  BBBBBBBB  in force';
  const table = columns([['label'], [label]]);
  expect(table.split('\n')).toHaveLength(2);
  expect(table).toContain('\\u000d\\u009b31m\\u202e\\u000ask');
});

test.each(COMMANDS)('teaches $name', async ({ name, options }) => {
  const { out, exitCode } = await run([...name.split(' '), '--help'], desk);
  expect(exitCode).toBe(0);
  for (const word of Object.keys(options)) expect(out).toContain(`--${word}`);
  expect(out).toContain(`hushfield ${name}`);
  expect(out.split('\n').every((line) => line.length <= 120)).toBe(true);
});

test('serves the roles it is told to as a process, and ends in order', async () => {
  const base = await freeBase();
  const env = { ...process.env, ...desk.environment, PORT_BASE: `${base}`, LOG_LEVEL: 'silent' };
  const help = spawnSync(process.execPath, [MAIN, '--help'], { env, encoding: 'utf8' });
  expect([help.status, help.stdout.includes('doctor')]).toStrictEqual([0, true]);
  const child = spawn(process.execPath, [MAIN, 'serve', '--role', 'worker,api'], { env });
  await new Promise<void>((resolve, reject) => {
    child.stderr.on('data', (data) => String(data).includes('serving') && resolve());
    child.on('exit', (code) => reject(new Error(`ended with ${code}`)));
  });
  const status = (port: number) =>
    fetch(`http://127.0.0.1:${port}/readyz`).then(
      (answer) => answer.status,
      () => 0,
    );
  expect([await status(base + 4), await status(base + 1)]).toStrictEqual([200, 0]);
  child.removeAllListeners('exit');
  const ended = new Promise((resolve) => child.on('exit', resolve));
  child.kill('SIGTERM');
  expect(await ended).toBe(0);
}, 30_000);
