import { expect, test } from 'vitest';
import type { Facts } from './facts.ts';
import { judge } from './judge.ts';

const DAY = 86_400_000;
const SOUND: Facts = {
  mode: 'live',
  engine: 'postgres',
  kek: 'pkcs11',
  fieldsOrigin: 'https://fields.vault.example',
  apiOrigin: 'https://api.vault.example',
  sharesSite: false,
  unprovedOrigins: 0,
  letThrough: { destinations: [], webhooks: [] },
  rootIsPinned: true,
  rootIsHere: false,
  delegatedForMs: 11 * DAY,
  clockSkewMs: 40,
  schemaIsOurs: true,
  schemaIsAhead: false,
  lostKeys: 0,
  missingRoles: [],
  server: {
    ...{ version: 150_000, mighty: false, tls: true, durable: true, checksums: true },
    ...{
      standbys: true,
      standby_there: true,
      archives: true,
      archive_takes: true,
      logs_values: false,
      scram: true,
      ends_idle: true,
    },
    nodes: 3,
  },
  folders: [{ path: '/data', bits: 0o700 }],
};
const found = (facts: Facts) =>
  judge(facts).flatMap(({ id, level }) =>
    level === 'ok' || level === 'skipped' ? [] : [`${level} ${id}`],
  );
const server = (change: object) => ({ server: { ...SOUND.server, ...change } as Facts['server'] });

test('is content with a sound deployment, and says of each rule that it holds', () => {
  const findings = judge(SOUND);
  expect(new Set(findings.map(({ level }) => level))).toStrictEqual(new Set(['ok']));
  expect(new Set(findings.map(({ id }) => id)).size).toBe(findings.length);
});

test.each<[string, Partial<Facts>, string]>([
  ['a KEK in a file', { kek: 'directory' }, 'unsafe kek'],
  ['the embedded database', { engine: 'embedded', server: undefined }, 'unsafe database'],
  ['fields by http', { fieldsOrigin: 'http://fields.vault.example' }, 'unsafe https'],
  ['an API by http', { apiOrigin: 'http://api.vault.example' }, 'unsafe https'],
  ['fields on a shop’s site', { sharesSite: true }, 'unsafe site'],
  ['a root in the key store', { rootIsHere: true }, 'unsafe root'],
  ['no pinned root', { rootIsPinned: false, delegatedForMs: undefined }, 'unsafe root-key'],
  ['no word of the root', { delegatedForMs: undefined }, 'unsafe delegation'],
  ['a word that ends soon', { delegatedForMs: 10 * DAY }, 'warning delegation-end'],
  ['a database on one machine', server({ standbys: false, nodes: 1 }), 'warning standbys'],
  ['several machines on it', server({ standbys: false, nodes: 2 }), 'unsafe nodes'],
  ['a log that is not kept', server({ archives: false }), 'warning archive'],
  ['an archive that fails', server({ archive_takes: false }), 'warning archiving'],
  ['a replica that is away', server({ standby_there: false }), 'warning standby-away'],
  ['pages without checksums', server({ checksums: false }), 'warning checksums'],
  ['an old server', server({ version: 149_999 }), 'unsafe server'],
  ['passwords as MD5', server({ scram: false }), 'warning passwords'],
  ['transactions without end', server({ ends_idle: false }), 'warning idle-transactions'],
  ['a key that is lost', { lostKeys: 1 }, 'unsafe tenant-keys'],
  ['a role that is not granted', { missingRoles: ['hushfield_sequencer'] }, 'unsafe roles'],
  ['a clock ahead', { clockSkewMs: 2_001 }, 'unsafe clock'],
  ['a clock behind', { clockSkewMs: -60_000 }, 'unsafe clock'],
  ['a changed schema', { schemaIsOurs: false }, 'unsafe schema'],
  ['a schema of a newer version', { schemaIsAhead: true }, 'warning version'],
  ['a database without fsync', server({ durable: false }), 'unsafe fsync'],
  ['a mighty login', server({ mighty: true }), 'warning login'],
  ['a clear line', server({ tls: false }), 'warning database-tls'],
  ['a talkative log', server({ logs_values: true }), 'warning logged-values'],
  ['an open folder', { folders: [{ path: '/data', bits: 0o750 }] }, 'unsafe folders'],
  ['an unproved origin', { unprovedOrigins: 1 }, 'warning origins'],
  [
    'destinations within',
    { letThrough: { destinations: ['https://gateway.lan'], webhooks: [] } },
    'warning destinations-within',
  ],
  [
    'webhooks to hosts within',
    { letThrough: { destinations: [], webhooks: ['https://hooks.lan'] } },
    'warning webhooks-within',
  ],
])('finds %s, and nothing else', (_name, change, finding) => {
  expect(found({ ...SOUND, ...change })).toStrictEqual([finding]);
});

test('names what is let through, and by which list', () => {
  const letThrough = {
    destinations: ['https://a.lan', 'https://b.lan'],
    webhooks: ['https://hooks.lan'],
  };
  const says = judge({ ...SOUND, letThrough }).flatMap(({ level, says: text }) =>
    level === 'warning' ? [text] : [],
  );
  expect(says).toStrictEqual([
    expect.stringContaining('https://a.lan, https://b.lan (EGRESS_ALLOWED_ORIGINS)'),
    expect.stringContaining('https://hooks.lan (EGRESS_WEBHOOK_ORIGINS)'),
  ]);
});

test('calls nothing good that it could not look at', () => {
  const skipped = (change: Partial<Facts>) =>
    judge({ ...SOUND, ...change }).flatMap(({ id, level }) => (level === 'skipped' ? [id] : []));
  expect(skipped({})).toStrictEqual([]);
  expect(skipped({ engine: 'embedded', server: undefined })).toContain('fsync');
  expect(skipped({ engine: 'embedded', server: undefined })).toContain('database-tls');
  expect(skipped(server({ archives: false, standbys: false, nodes: 1 }))).toStrictEqual([
    'standby-away',
    'archiving',
  ]);
  expect(skipped(server({ standbys: false, nodes: 2 }))).toStrictEqual([
    'standbys',
    'standby-away',
  ]);
  expect(skipped({ rootIsPinned: false, delegatedForMs: undefined })).toStrictEqual([
    'delegation',
    'delegation-end',
  ]);
});
