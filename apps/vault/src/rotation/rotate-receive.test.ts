import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { ENGINES } from '../../test/engines.ts';
import { openReply, post, receiveKey, sealedRequest, tokenize } from '../../test/sealed-request.ts';
import { NOON, type TestVault } from '../../test/test-vault.ts';
import { twoNodes } from '../../test/two-nodes.ts';
import { RESCAN_MS } from '../keys/receive-keys.ts';
import { lowestAcceptedSeq } from '../worker/manifest-store.ts';
import { runWorkerRound } from '../worker/worker.ts';
import { rotateReceive } from './rotate-receive.ts';

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;

describe.each(ENGINES)('rotations of receive keys on %s', (engine) => {
  let nodes: Awaited<ReturnType<typeof twoNodes>>;
  let it: TestVault;
  /** Another node, which serves; the rotation is somebody else's. */
  let node: TestVault;
  let day = 0;
  beforeAll(async () => {
    nodes = await twoNodes(engine);
    ({ it, node } = nodes);
  }, 60_000);
  afterAll(() => nodes.close());
  beforeEach(async () => {
    day += 3;
    it.time.now = NOON + day * DAY;
    await runWorkerRound(it.vault);
    // Known to the node, and in its memory.
    expect((await tokenize(node)).ok).toBe(true);
  });

  const minSeq = () => lowestAcceptedSeq(it.vault.sql.as('fields'), it.time.now);
  const send = async (request: Awaited<ReturnType<typeof sealedRequest>>) => {
    const answer = await post(node, request.body);
    return answer.statusCode === 200
      ? openReply(request.sealed, answer.body).ok
      : JSON.parse(answer.body).code;
  };

  test('are followed at once, and open for forty minutes what pages had sealed to before', async () => {
    const before = await receiveKey(it);
    const under = await Promise.all([1, 2].map((attempt) => sealedRequest(it, { attempt })));
    const done = await rotateReceive(it.vault, false);
    expect(done).toMatchObject({ ending: 1, destroyed: 0 });
    expect((await receiveKey(it)).kid).toBe(done.kid);
    it.time.now += 25 * MINUTE;
    // Another rotation leaves those that are ending their time.
    expect(await rotateReceive(it.vault, false)).toMatchObject({ ending: 1, destroyed: 0 });
    const [first, second] = under;
    if (first === undefined || second === undefined) throw new Error('nothing was sealed');
    expect(await send(first)).toBe(true);
    it.time.now += 14 * MINUTE;
    expect(await node.vault.receiveKeys.find(before.kid)).toBeDefined();
    it.time.now += MINUTE;
    expect(await node.vault.receiveKeys.find(before.kid)).toBeUndefined();
    await runWorkerRound(it.vault);
    expect(it.vault.receiveKeys.list().map(({ kid }) => kid)).not.toContain(before.kid);
    expect((await tokenize(node)).ok).toBe(true);
  });

  test('show no list with a key before every node has looked for it', async () => {
    // By the clock that nodes wait by.
    const begun = performance.now();
    await rotateReceive(it.vault, false);
    expect(performance.now() - begun).toBeGreaterThan(RESCAN_MS);
  });

  test('for a compromise open nothing from then on, on any node, and no document takes an older list', async () => {
    const request = await sealedRequest(it);
    const old = await receiveKey(it);
    const lowest = await minSeq();
    const done = await rotateReceive(it.vault, true);
    expect(done).toMatchObject({ ending: 0, destroyed: 1 });
    it.time.now += 1_000;
    // The one word after which a frame loads itself anew, once, and seals again.
    expect(await send(request)).toBe('invalid_request');
    expect(await minSeq()).toBeGreaterThan(lowest);
    const fresh = await receiveKey(it);
    expect([fresh.kid, fresh.seq]).toStrictEqual([done.kid, await minSeq()]);
    expect(old.seq).toBeLessThan(await minSeq());
    expect((await tokenize(node)).ok).toBe(true);
  });

  test('also replace the key that is published ahead', async () => {
    it.time.now += 18 * 60 * MINUTE;
    await runWorkerRound(it.vault);
    expect(it.vault.receiveKeys.list()).toHaveLength(2);
    const done = await rotateReceive(it.vault, false);
    expect(done).toMatchObject({ ending: 1, destroyed: 1 });
    it.time.now += DAY;
    await runWorkerRound(it.vault);
    expect((await tokenize(node)).ok).toBe(true);
  });

  test('cut off between two names of a seed leave a key that opens, and go on', async () => {
    const [key] = it.vault.receiveKeys.list();
    if (key === undefined) throw new Error('there is no key');
    const request = await sealedRequest(it);
    const { destroy } = it.vault.receiveKeys;
    it.vault.receiveKeys.destroy = () => {
      throw new Error('killed');
    };
    await expect(rotateReceive(it.vault, false)).rejects.toThrow('killed');
    it.vault.receiveKeys.destroy = destroy;
    it.time.now += 1_000;
    expect(await send(request)).toBe(true);
    await rotateReceive(it.vault, false);
    await runWorkerRound(it.vault);
    it.time.now += 60 * MINUTE;
    await runWorkerRound(it.vault);
    expect(it.vault.receiveKeys.list()).toHaveLength(1);
    expect(await node.vault.receiveKeys.find(key.kid)).toBeUndefined();
    expect((await tokenize(node)).ok).toBe(true);
  });

  const refuse = async (text: string, work: () => Promise<unknown>) => {
    await it.vault.sql.owner.script(`REVOKE ${text} FROM hushfield_worker`);
    await expect(work()).rejects.toThrow();
    await it.vault.sql.owner.script(`GRANT ${text} TO hushfield_worker`);
  };

  test('for a compromise destroy nothing before their list is there, and finish when they are run again', async () => {
    const request = await sealedRequest(it);
    const [key] = it.vault.receiveKeys.list();
    await refuse('INSERT ON manifests', () => rotateReceive(it.vault, true));
    it.time.now += 1_000;
    expect(await send(request)).toBe(true);
    // The worker's list is no urgent one, and none has to be: all seeds are there.
    await runWorkerRound(it.vault);
    expect((await tokenize(node)).ok).toBe(true);
    const lowest = await minSeq();
    const { kid } = await rotateReceive(it.vault, true);
    expect(it.vault.receiveKeys.list().map((each) => each.kid)).toStrictEqual([kid]);
    expect(await minSeq()).toBeGreaterThan(lowest);
    it.time.now += 1_000;
    expect(await node.vault.receiveKeys.find(key?.kid ?? '')).toBeUndefined();
  });

  test('for a compromise, cut off before a seed is destroyed, leave a list that all must take', async () => {
    const old = await receiveKey(it);
    const lowest = await minSeq();
    const { destroy } = it.vault.receiveKeys;
    it.vault.receiveKeys.destroy = (key) => {
      // Not the one of two names, as a key's end is changed.
      if (key.exp <= it.time.now / 1000) throw new Error('killed');
      destroy.call(it.vault.receiveKeys, key);
    };
    await expect(rotateReceive(it.vault, true)).rejects.toThrow('killed');
    it.vault.receiveKeys.destroy = destroy;
    const seq = await minSeq();
    expect(seq).toBeGreaterThan(lowest);
    await runWorkerRound(it.vault);
    expect((await receiveKey(it)).kid).not.toBe(old.kid);
    expect(await minSeq()).toBe(seq);
    await rotateReceive(it.vault, true);
    it.time.now += 1_000;
    expect(await node.vault.receiveKeys.find(old.kid)).toBeUndefined();
    expect((await tokenize(node)).ok).toBe(true);
  });

  test('leave an entry that no tenant reads', async () => {
    const { kid } = await rotateReceive(it.vault, false);
    const text =
      "SELECT tenant FROM audit_entries WHERE action = 'receive.rotate' AND resource = $1";
    expect(await it.vault.sql.owner.query(text, [kid])).toStrictEqual([
      { tenant: `ten_${'0'.repeat(22)}` },
    ]);
    const own = it.vault.sql.as('api', it.merchant.tenant);
    await expect(own.query(text, [kid])).rejects.toThrow('permission denied');
  });
});
