import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { generateSigningSeed, importSigningSeed } from '@hushfield/crypto/manifest';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createLog } from '../app/log.ts';
import { run } from './run.ts';

const PASSPHRASE = 'correct horse battery staple';
const DAY = 86_400_000;

describe('the ceremony of the root', () => {
  let folder: string;
  let now = Date.UTC(2026, 10, 9, 12);
  let environment: Record<string, string>;
  const at = (name: string) => join(folder, name);
  /** Runs a command in a place: on the machine with the root there is no configuration at all. */
  const ask = (line: string, { input = '', env = {} }: { input?: string; env?: object } = {}) =>
    run(line.split(' '), {
      environment: { ...env },
      now: () => now,
      steady: () => now,
      log: createLog('silent', () => {}),
      input: Readable.from([Buffer.from(input)]),
      progress: () => {},
    });
  const node = (line: string) => ask(line, { env: environment });
  const offline = (line: string, input = `${PASSPHRASE}\n`) => ask(line, { input });
  const sign = (more = '') =>
    `root sign --key ${at('root.json')} --request ${at('request.json')}${more}`;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'hushfield-root-'));
    const { out } = await offline(`root create --out ${at('root.json')}`);
    const [, publicKey = ''] = /^ROOT_PUBLIC_KEY=([\w-]{43})\n$/.exec(out) ?? [];
    environment = {
      HUSHFIELD_DATA_DIR: at('data'),
      MODE: 'live',
      ROOT_PUBLIC_KEY: publicKey,
    };
    expect((await node('migrate')).exitCode).toBe(0);
    expect((await node(`root request --out ${at('request.json')}`)).exitCode).toBe(0);
  }, 60_000);
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  test('needs nothing but a passphrase for its root, and leaves it to its owner alone', () => {
    expect(statSync(at('root.json')).mode & 0o777).toBe(0o600);
    expect(readFileSync(at('root.json'), 'utf8')).not.toContain(PASSPHRASE);
  });

  test('never writes over a root', async () => {
    const before = readFileSync(at('root.json'), 'utf8');
    const again = await offline(`root create --out ${at('root.json')}`);
    expect(again).toMatchObject({ exitCode: 1, err: expect.stringContaining('is there already') });
    expect(readFileSync(at('root.json'), 'utf8')).toBe(before);
  });

  test('shows in words what it would sign, before anybody unlocks anything', async () => {
    const { out } = await offline(sign(), '');
    const { manifestKey } = JSON.parse(readFileSync(at('request.json'), 'utf8'));
    expect(out).toContain(`the manifest key ${manifestKey}`);
    expect(out).toContain('LIVE deployment');
    expect(out).toContain('from 2026-11-09 11:55 UTC until 2026-12-14 11:55 UTC');
    expect(out).toContain('Nothing was signed');
  });

  test('signs for as long as it is told, installs, and leaves an entry', async () => {
    const signed = await offline(sign(` --out ${at('ten.json')} --days 10`));
    expect(signed).toMatchObject({ exitCode: 0, err: '' });
    const installed = await node(`root install --delegation ${at('ten.json')}`);
    expect(installed).toMatchObject({
      exitCode: 0,
      out: 'Holds until 2026-11-19T11:55:00.000Z.\n',
    });
    const two = at('two.json');
    await offline(sign(` --out ${two} --days 2`));
    const { out } = await node(`root install --delegation ${two}`);
    expect(out).toContain('sooner than the word in use, which holds until 2026-11-19');
    // Once more is no mistake.
    expect((await node(`root install --delegation ${at('ten.json')}`)).exitCode).toBe(0);
  }, 30_000);

  const request = (change: object) => {
    const paper = { ...JSON.parse(readFileSync(at('request.json'), 'utf8')), ...change };
    writeFileSync(at('changed.json'), JSON.stringify(paper));
    return `root sign --key ${at('root.json')} --request ${at('changed.json')} --out ${at('no.json')}`;
  };
  test.each<[string, () => Promise<unknown>, number, string]>([
    [
      'with a wrong passphrase',
      () => offline(sign(` --out ${at('no.json')}`), 'wrong'),
      1,
      'passphrase does not open',
    ],
    [
      'for more than 35 days',
      () => offline(sign(` --out ${at('no.json')} --days 36`)),
      2,
      '--days',
    ],
    ['for no day', () => offline(sign(` --out ${at('no.json')} --days 0`)), 2, '--days'],
    [
      'for a node that trusts another root',
      () => offline(request({ root: 'A'.repeat(43) })),
      2,
      'trusts another root',
    ],
    [
      'what is no request',
      () => offline(request({ kind: 'x' })),
      1,
      'none that `hushfield root request`',
    ],
    [
      'a key that is written in another way than it is shown',
      () => offline(request({ manifestKey: `${'A'.repeat(42)}B` })),
      1,
      'none that',
    ],
    ['a key of no length', () => offline(request({ manifestKey: 'AAAA' })), 1, 'none that'],
    [
      'with a root that is not there',
      () => offline(sign(` --out ${at('no.json')}`).replace('root.json', 'gone.json')),
      1,
      'cannot be read',
    ],
  ])('attacks: signs nothing %s', async (_name, attempt, exitCode, says) => {
    expect(await attempt()).toMatchObject({ exitCode, err: expect.stringContaining(says) });
    expect(existsSync(at('no.json'))).toBe(false);
  });

  test('attacks: a passphrase is not typed in sight', async () => {
    const input = Object.assign(Readable.from([]), { isTTY: true });
    const desk = {
      environment: {},
      now: () => now,
      steady: () => now,
      log: createLog('silent', () => {}),
      input,
      progress: () => {},
    };
    const words = ['root', 'create', '--out', at('seen.json')];
    expect(await run(words, desk)).toMatchObject({ exitCode: 2 });
    expect(existsSync(at('seen.json'))).toBe(false);
  });

  test('attacks: a node takes no word but its own root’s, for its own key, mode and time', async () => {
    const install = async (says: string) =>
      expect(await node(`root install --delegation ${at('other.json')}`)).toMatchObject({
        exitCode: 1,
        err: expect.stringContaining(says),
      });
    const signOther = async (change: object, by = at('root.json')) => {
      request(change);
      rmSync(at('other.json'), { force: true });
      const line = `root sign --key ${by} --request ${at('changed.json')} --out ${at('other.json')}`;
      expect(await offline(line)).toMatchObject({ exitCode: 0 });
    };
    await offline(`root create --out ${at('strange.json')}`);
    await signOther({ root: null }, at('strange.json'));
    await install('ROOT_PUBLIC_KEY has not signed that');
    await signOther({ env: 'test' });
    await install('it is for a test deployment');
    const stranger = importSigningSeed(generateSigningSeed()).publicKey;
    await signOther({ manifestKey: Buffer.from(stranger).toString('base64url') });
    await install('it speaks for no manifest key of this deployment');
    await signOther({});
    const paper = JSON.parse(readFileSync(at('other.json'), 'utf8'));
    const longer = paper.delegation.replace(/"exp":\d+/, '"exp":1999999999');
    writeFileSync(at('other.json'), JSON.stringify({ ...paper, delegation: longer }));
    await install('has not signed that');
    writeFileSync(at('other.json'), JSON.stringify(paper));
    now += 36 * DAY;
    await install('its time is over');
    now -= 40 * DAY;
    await install('its time has not come');
    now += 4 * DAY;
  }, 60_000);

  test('is not for test mode, which is its own root', async () => {
    const env = { HUSHFIELD_DATA_DIR: at('sandbox') };
    await ask('migrate', { env });
    for (const line of ['root request', `root install --delegation ${at('ten.json')}`])
      expect(await ask(line, { env })).toMatchObject({
        exitCode: 1,
        err: expect.stringContaining('is its own root'),
      });
    // And the data of one mode are refused by the other.
    const live = { ...environment, HUSHFIELD_DATA_DIR: at('sandbox') };
    for (const line of ['migrate', 'tenant list'])
      expect(await ask(line, { env: live })).toMatchObject({
        exitCode: 1,
        err: expect.stringContaining('of a test deployment'),
      });
  }, 60_000);
});
