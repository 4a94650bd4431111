import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { type TestVault, testVault } from '../../test/test-vault.ts';
import type { Vault } from '../vault.ts';
import { startWorker } from './worker.ts';

let it: TestVault;
beforeAll(async () => {
  it = await testVault();
}, 60_000);
afterAll(() => it.close());

/** The vault on a database that holds back every answer to a worker until it is let go. */
function slow(): { vault: Vault; asked: () => number; letGo: () => void } {
  const { sql } = it.vault;
  let asked = 0;
  let letGo = () => {};
  const free = new Promise<void>((resolve) => (letGo = resolve));
  const as: typeof sql.as = (role, tenant) => ({
    async query(...statement) {
      asked += 1;
      await free;
      return sql.as(role, tenant).query(...statement);
    },
  });
  return { vault: { ...it.vault, sql: { ...sql, as } }, asked: () => asked, letGo };
}

test('a round that takes longer than a minute is not followed by those it has held up, and ends with the worker', async () => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
  const { vault, asked, letGo } = slow();
  const worker = startWorker(vault);
  vi.advanceTimersByTime(5 * 60_000);
  vi.useRealTimers();
  const stopped = worker.stop();
  letGo();
  await stopped;
  // The statement it was at, and the one that belongs to it; no other step, and no other round.
  expect(asked()).toBe(2);
});
