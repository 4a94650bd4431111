import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { HAS_SOFT_HSM, type SoftHsm, softHsm } from '../../test/soft-hsm.ts';
import { openCode } from '../../test/open-code.ts';
import { collectCode, GOOD, post, sealedRequest, tokenize } from '../../test/sealed-request.ts';
import { NOON, type TestVault, testVault } from '../../test/test-vault.ts';
import { runWorkerRound } from '../worker/worker.ts';
import { pkcs11Kek } from './kek/pkcs11-kek.ts';

const MINUTE = 60_000;
/** The device's process is started a second after the one before, at the soonest. */
const PAUSE = 1_100;

describe.runIf(HAS_SOFT_HSM)('a whole vault on a PKCS#11 device', () => {
  let folder: string;
  let hsm: SoftHsm;
  let it: TestVault;
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'hushfield-hsm-'));
    hsm = softHsm(folder);
    it = await testVault({ kek: pkcs11Kek(hsm.place, folder) });
  }, 60_000);
  afterAll(async () => {
    await it.close();
    rmSync(folder, { recursive: true, force: true });
  });

  test('tokenizes for five minutes after the device has gone, then says 503, and comes back', async () => {
    expect((await tokenize(it)).ok).toBe(true);
    hsm.away(true);
    hsm.signal('SIGKILL');
    it.time.now = NOON + 4 * MINUTE;
    // In the last minute each request tries to renew the keys behind its back; it succeeds all the same.
    expect((await tokenize(it)).ok).toBe(true);
    const { body } = await sealedRequest(it);
    it.time.now = NOON + 5 * MINUTE;
    const refused = await post(it, body);
    expect([refused.statusCode, refused.json().code]).toStrictEqual([503, 'service_unavailable']);
    expect(it.lines.join('')).toContain('KeysUnavailable');
    hsm.away(false);
    await sleep(PAUSE);
    expect((await tokenize(it)).ok).toBe(true);
  }, 60_000);

  test('takes security codes for as long as cards, also over the turn of an hour', async () => {
    it.time.now = NOON + 59 * MINUTE;
    await runWorkerRound(it.vault);
    const [first] = [await tokenize(it)];
    const token = first.ok ? first.token.id : '';
    hsm.away(true);
    hsm.signal('SIGKILL');
    // Another hour, whose key nobody can make or open now.
    it.time.now += 3 * MINUTE;
    expect(await collectCode(it, { token, cvc: '321' })).toMatchObject({ ok: true });
    const late = { token, cvc: '322' };
    const { body } = await sealedRequest(it, { card: late });
    it.time.now += 3 * MINUTE;
    const refused = await post(it, body);
    expect([refused.statusCode, refused.json().code]).toStrictEqual([503, 'service_unavailable']);
    hsm.away(false);
    await sleep(PAUSE);
    expect(await openCode(it, token)).toBe('321');
    expect(await collectCode(it, late)).toMatchObject({ ok: true });
    expect((await tokenize(it, { card: GOOD })).ok).toBe(true);
    expect(await openCode(it, token)).toBe('322');
  }, 60_000);

  test('lets nobody wait for a slow device whose keys are in memory', async () => {
    expect((await tokenize(it)).ok).toBe(true);
    it.time.now += 4 * MINUTE;
    hsm.signal('SIGSTOP');
    const started = performance.now();
    expect((await tokenize(it)).ok).toBe(true);
    expect(performance.now() - started).toBeLessThan(2_000);
    hsm.signal('SIGCONT');
    await sleep(500);
    // Renewed meanwhile: past the fifth minute of the first ones.
    it.time.now += 3 * MINUTE;
    hsm.signal('SIGSTOP');
    expect((await tokenize(it)).ok).toBe(true);
    hsm.signal('SIGCONT');
  }, 60_000);
});
