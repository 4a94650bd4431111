import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { afterAll, expect, test, vi } from 'vitest';
import { BARE } from '../test/bare-environment.ts';
import { writeFakeDist } from '../test/fake-dist.ts';
import { freeBase } from '../test/free-base.ts';
import { readConfig } from './config.ts';
import { SYSTEM_CLOCKS } from './clock.ts';
import { createLog } from './app/log.ts';
import { run } from './cli/run.ts';
import { SecretCache } from './keys/secret-cache.ts';
import { type NodeRole, ROLES } from './role.ts';
import { start } from './start.ts';

const folder = mkdtempSync(join(tmpdir(), 'hushfield-start-'));
const { fieldsDist, sdkDist } = writeFakeDist(join(folder, 'dist'));
const dataDir = join(folder, 'data');
const children: ChildProcess[] = [];
afterAll(() => {
  for (const child of children) child.kill('SIGKILL');
  rmSync(folder, { recursive: true, force: true });
});

type Started = { child: ChildProcess; output: () => string; ended: Promise<number | null> };

function startMain(environment: Record<string, string>): Started {
  const child = spawn(process.execPath, [join(import.meta.dirname, 'main.ts')], {
    env: {
      ...BARE,
      HUSHFIELD_DATA_DIR: dataDir,
      FIELDS_DIST: fieldsDist,
      SDK_DIST: sdkDist,
      ...environment,
    },
  });
  children.push(child);
  let text = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (data) => (text += String(data)));
  const ended = new Promise<number | null>((resolve) => child.once('exit', resolve));
  return { child, output: () => text, ended };
}

async function ready({ output, ended }: Started): Promise<Record<string, string>> {
  const over = ended.then(() => 'over');
  for (;;) {
    const line = /^vault ready (.*)$/m.exec(output())?.[1];
    if (line !== undefined)
      return Object.fromEntries(line.split(' ').map((pair) => pair.split('=')));
    const turn = new Promise((resolve) => setTimeout(resolve, 25));
    if ((await Promise.race([over, turn])) === 'over') throw new Error(output());
  }
}

test('starts, answers, refuses a second, stops in order, and survives a kill', async () => {
  const base = String(await freeBase());
  const first = startMain({ PORT_BASE: base });
  const told = await ready(first);
  expect(told).toStrictEqual({
    fields: `http://127.0.0.1:${Number(base) + 1}`,
    api: `http://127.0.0.1:${Number(base) + 2}`,
    pk: expect.stringMatching(/^pk_test_[0-9A-Za-z]{46}$/),
    sk: expect.stringMatching(/^sk_test_[0-9A-Za-z]{46}$/),
  });
  expect(first.output()).toContain('EMBEDDED DATABASE');
  const frame = await fetch(`${told.fields}/sdk/v1/hushfield.js`);
  const health = await fetch(`http://127.0.0.1:${Number(base) + 4}/readyz`);
  expect([frame.status, health.status]).toStrictEqual([200, 200]);

  const second = startMain({ PORT_BASE: String(await freeBase()) });
  expect(await second.ended).toBe(1);
  expect(second.output()).toContain(`process ${first.child.pid}`);

  first.child.kill('SIGTERM');
  expect(await first.ended).toBe(0);
  expect(existsSync(join(dataDir, 'db.lock'))).toBe(false);

  const third = startMain({ PORT_BASE: base });
  expect(await ready(third)).toStrictEqual(told);
  third.child.kill('SIGKILL');
  await third.ended;
  expect(existsSync(join(dataDir, 'db.lock'))).toBe(true);

  const fourth = startMain({ PORT_BASE: String(await freeBase()) });
  const { pk, sk } = await ready(fourth);
  expect({ pk, sk }).toStrictEqual({ pk: told.pk, sk: told.sk });
  fourth.child.kill('SIGINT');
  expect(await fourth.ended).toBe(0);
}, 120_000);

test.each([
  [
    'nothing is built',
    { FIELDS_DIST: '/nowhere' },
    /^The built file .* is missing; run npm run build\.\n$/,
  ],
  ['live mode is asked for', { MODE: 'live' }, /^MODE=live is not for this start/],
  [
    'the database is away',
    { DATABASE_URL: 'postgres://user:hunter2@127.0.0.1:1/db' },
    /^The database does not answer; check DATABASE_URL and that it runs\.\n$/,
  ],
])(
  'ends with one sentence when %s',
  async (_name, environment, sentence) => {
    const started = startMain(environment);
    expect(await started.ended).toBe(1);
    expect(started.output()).toMatch(sentence);
  },
  30_000,
);

/** What each role alone is not ready for, before a worker has made the first list of keys. */
const LACKS: Readonly<Record<NodeRole, readonly string[]>> = {
  fields: ['manifest'],
  api: ['manifest', 'receive-key'],
  worker: [],
};

test.each<NodeRole>(ROLES)(
  'sweeps its keys by the clock as %s alone, and forgets all when it ends',
  async (role) => {
    const environment = {
      HUSHFIELD_DATA_DIR: join(folder, `alone-${role}`),
      FIELDS_DIST: fieldsDist,
      SDK_DIST: sdkDist,
      PORT_BASE: String(await freeBase()),
    };
    const desk = {
      ...{ environment, ...SYSTEM_CLOCKS, progress: () => {} },
      ...{ input: Readable.from([]), log: createLog('silent', () => {}) },
    };
    expect((await run(['migrate'], desk)).exitCode).toBe(0);
    const swept = vi.spyOn(SecretCache.prototype, 'sweep');
    const cleared = vi.spyOn(SecretCache.prototype, 'clear');
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
    try {
      const part = { roles: [role], develop: false };
      const running = await start(readConfig(environment), { write: () => {} }, part);
      expect(swept).not.toHaveBeenCalled();
      const operate = `http://127.0.0.1:${Number(environment.PORT_BASE) + 4}`;
      const found = await (await fetch(`${operate}/readyz`)).text();
      expect(found.match(/[\w-]+(?=":"failing")/g) ?? []).toStrictEqual(LACKS[role]);
      expect(await (await fetch(`${operate}/metrics`)).text()).toContain('hushfield_build_info{');
      await vi.advanceTimersByTimeAsync(30_000);
      // Data keys, fingerprints and the deployment's; receive secrets; code keys.
      expect(swept.mock.contexts.length).toBe(5);
      await running.stop();
      expect(cleared.mock.contexts.length).toBe(5);
      expect(vi.getTimerCount()).toBe(0);
    } finally {
      vi.useRealTimers();
      vi.restoreAllMocks();
    }
  },
  60_000,
);
