import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { HAS_SOFT_HSM, slowHsm, softHsm } from '../../../test/soft-hsm.ts';
import { SYSTEM_CLOCKS } from '../../clock.ts';
import { StartError } from '../../config.ts';
import { openKeyStore } from '../first-start.ts';
import { SECRET_NAMES } from '../secret-files.ts';
import { KeysBusy, KeysUnavailable } from './kek.ts';
import { pkcs11Kek } from './pkcs11-kek.ts';

const TENANT = `ten_${'A'.repeat(22)}`;
const KEY = Uint8Array.from(randomBytes(32));

describe.runIf(HAS_SOFT_HSM)('a PKCS#11 device', () => {
  let folder: string;
  let hsm: ReturnType<typeof slowHsm>;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'hushfield-slow-'));
    hsm = slowHsm(folder, softHsm(folder));
    hsm.takes(0);
  });
  afterEach(() => {
    rmSync(folder, { recursive: true });
  });

  const store = () => join(folder, 'keys');
  const open = (makes: 'new' | 'nothing') =>
    openKeyStore(store(), pkcs11Kek(hsm.place, store()), SYSTEM_CLOCKS, {
      ...{ mode: 'test', makes },
      needs: new Set(makes === 'new' ? SECRET_NAMES : []),
    });
  /** With a key in it that is wrapped. */
  const quick = async () => {
    const kek = pkcs11Kek(hsm.place, folder);
    await kek.create(1);
    const wrapped = await kek.wrap('pepper', KEY);
    kek.close();
    return wrapped;
  };

  test('that takes five seconds serves the first use of a tenant, and of another behind it', async () => {
    const other = `ten_${'B'.repeat(22)}`;
    const made = await open('new');
    for (const tenant of [TENANT, other]) await made.tenants.create(tenant);
    made.close();
    hsm.takes(5_000);
    const keys = await open('nothing');
    const [own] = await Promise.all([keys.tenantKeys(TENANT), keys.tenantKeys(other)]);
    expect(own?.pan.key.length).toBe(32);
    keys.close();
    expect(hsm.logins()).toBe(2);
  }, 60_000);

  test('is not taken for dead by a call that waits behind many', async () => {
    const wrapped = await quick();
    hsm.takes(400);
    const kek = pkcs11Kek(hsm.place, folder, { deadlineMs: 1_000 });
    const keys = await Promise.all(Array.from({ length: 6 }, () => kek.unwrap('pepper', wrapped)));
    expect(keys.every((key) => Buffer.from(key).equals(KEY))).toBe(true);
    kek.close();
    expect(hsm.logins()).toBe(2);
  }, 30_000);

  test('goes on when callers lose their patience, who are told apart', async () => {
    const wrapped = await quick();
    hsm.takes(500);
    const kek = pkcs11Kek(hsm.place, folder, { deadlineMs: 2_000, patienceMs: 1_800 });
    const asked = Array.from({ length: 8 }, () => kek.unwrap('pepper', wrapped));
    const outcomes = await Promise.allSettled(asked);
    const reasons = outcomes.flatMap((each) => (each.status === 'rejected' ? [each.reason] : []));
    expect(reasons.length).toBeGreaterThan(2);
    expect(reasons.length).toBeLessThan(8);
    for (const reason of reasons) expect(reason).toBeInstanceOf(KeysBusy);
    // Whoever left is not asked for any more, and the process is the same.
    expect(await kek.unwrap('pepper', wrapped)).toStrictEqual(KEY);
    kek.close();
    expect(hsm.logins()).toBe(2);
  }, 30_000);

  test('is asked with a wrong PIN once, by however many calls, starts and commands', async () => {
    (await open('new')).close();
    writeFileSync(hsm.place.pinFile, '0000');
    const before = hsm.logins();
    const kek = pkcs11Kek(hsm.place, store());
    const outcomes = await Promise.allSettled([1, 2, 3].map(() => kek.numbers()));
    expect(outcomes.every(({ status }) => status === 'rejected')).toBe(true);
    kek.close();
    for (const makes of ['new', 'nothing', 'new'] as const) {
      await expect(open(makes)).rejects.toThrow(StartError);
      await expect(open(makes)).rejects.toThrow('mend the PIN file');
    }
    expect(hsm.logins()).toBe(before + 1);
    writeFileSync(hsm.place.pinFile, '1234\n');
    (await open('nothing')).close();
    expect(hsm.logins()).toBe(before + 2);
  }, 30_000);

  test('is asked again with the same PIN once somebody has touched the file', async () => {
    writeFileSync(hsm.place.pinFile, '0000');
    const refused = () => expect(pkcs11Kek(hsm.place, folder).numbers()).rejects;
    await refused().toThrow('CKR_PIN_INCORRECT');
    await refused().toThrow(KeysUnavailable);
    expect(hsm.logins()).toBe(1);
    utimesSync(hsm.place.pinFile, 1, 1);
    await sleep(10);
    await refused().toThrow('CKR_PIN_INCORRECT');
    expect(hsm.logins()).toBe(2);
  }, 30_000);
});
