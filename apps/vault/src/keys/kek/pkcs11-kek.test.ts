import { randomBytes } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { splitWrapped } from '@hushfield/crypto/envelope';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { HAS_SOFT_HSM, type SoftHsm, softHsm } from '../../../test/soft-hsm.ts';
import { type Kek, KeysUnavailable } from './kek.ts';
import { pkcs11Kek } from './pkcs11-kek.ts';

const KEY = Uint8Array.from(randomBytes(32));
const IN_CLEAR = Buffer.from(KEY);
/** A process is started a second after the one before, at the soonest. */
const PAUSE = 1_100;

/**
 * Asks again as the vault's next request would. SoftHSM may fail a process that looks at its token while
 * another writes to it; each such failure ends our process, and the next call starts a new one.
 */
async function patiently<T>(ask: () => Promise<T>, tries = 6): Promise<T> {
  try {
    return await ask();
  } catch (error) {
    if (tries === 1) throw error;
    // Not in step with the others: four that come back at the same moment meet at the same file.
    await sleep(PAUSE * (1 + Math.random()));
    return patiently(ask, tries - 1);
  }
}

describe.runIf(HAS_SOFT_HSM)('a PKCS#11 device', () => {
  let folder: string;
  let hsm: SoftHsm;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'hushfield-hsm-'));
    hsm = softHsm(folder);
  });
  afterAll(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  describe('at hand', () => {
    let kek: Kek;
    beforeAll(async () => {
      kek = pkcs11Kek(hsm.place, folder);
      await kek.create(1);
    }, 20_000);
    afterAll(() => kek.close());

    test('wraps and unwraps, under the same label only', async () => {
      const wrapped = await kek.wrap('pepper', KEY);
      expect(splitWrapped(wrapped).kek).toBe(1);
      expect(Buffer.from(wrapped).includes(IN_CLEAR)).toBe(false);
      expect(await kek.unwrap('pepper', wrapped)).toStrictEqual(KEY);
      await expect(kek.unwrap('ticket', wrapped)).rejects.toThrow(KeysUnavailable);
      wrapped[wrapped.length - 1]! ^= 1;
      await expect(kek.unwrap('pepper', wrapped)).rejects.toThrow(KeysUnavailable);
    });

    test('goes on at once after it has refused something', async () => {
      const wrapped = await kek.wrap('pepper', KEY);
      await expect(kek.unwrap('other', wrapped)).rejects.toThrow('the device says CKR_');
      expect(await kek.unwrap('pepper', wrapped)).toStrictEqual(KEY);
    });

    test('has a next KEK, for which new keys are wrapped, and destroys the one before', async () => {
      const old = await kek.wrap('pepper', KEY);
      await kek.create(2);
      expect(await kek.numbers()).toStrictEqual([1, 2]);
      const fresh = await kek.wrap('pepper', KEY);
      expect(splitWrapped(fresh).kek).toBe(2);
      expect(await kek.unwrap('pepper', old)).toStrictEqual(KEY);
      await kek.destroy(1);
      await expect(kek.unwrap('pepper', old)).rejects.toThrow(KeysUnavailable);
      expect(await kek.unwrap('pepper', fresh)).toStrictEqual(KEY);
      await kek.create(1);
    });

    test('serves four nodes that start at once, though two may make the same KEK', async () => {
      const nodes = Array.from({ length: 4 }, () => pkcs11Kek(hsm.place, folder));
      await Promise.all(nodes.map((node) => patiently(() => node.create(3))));
      const blobs = await Promise.all(
        nodes.map((node) => patiently(() => node.wrap('pepper', KEY))),
      );
      for (const blob of blobs)
        for (const node of nodes)
          expect(await patiently(() => node.unwrap('pepper', blob))).toStrictEqual(KEY);
      for (const node of nodes) node.close();
    }, 60_000);

    test('answers many at once', async () => {
      const blobs = await Promise.all(Array.from({ length: 200 }, () => kek.wrap('pepper', KEY)));
      const keys = await Promise.all(blobs.map((blob) => kek.unwrap('pepper', blob)));
      expect(keys.every((key) => Buffer.from(key).equals(KEY))).toBe(true);
    });

    test('never writes the key it wraps, nor a KEK, into its folder in clear', async () => {
      await kek.wrap('pepper', KEY);
      const names = readdirSync(folder, { recursive: true, withFileTypes: true });
      const files = names.filter((entry) => entry.isFile());
      expect(files.length).toBeGreaterThan(2);
      for (const { parentPath, name } of files)
        expect(readFileSync(join(parentPath, name)).includes(IN_CLEAR)).toBe(false);
    });
  });

  describe('that fails', () => {
    test('refuses a wrong PIN once, and is asked again when the file has changed', async () => {
      const pinFile = join(folder, 'other-pin');
      writeFileSync(pinFile, '0000');
      const kek = pkcs11Kek({ ...hsm.place, pinFile }, folder);
      await expect(kek.numbers()).rejects.toThrow('CKR_PIN_INCORRECT');
      await sleep(PAUSE);
      // Not CKR_PIN_INCORRECT again: the device is not asked.
      await expect(kek.numbers()).rejects.toThrow('mend the PIN file');
      writeFileSync(pinFile, '1234');
      expect((await kek.numbers()).length).toBeGreaterThan(0);
      kek.close();
    }, 20_000);

    test.each([
      ['no such library', { module: '/nowhere.so' }],
      ['no such token', { token: 'another' }],
      ['no PIN file', { pinFile: '/nowhere' }],
    ])(
      'says so: %s',
      async (_name, change) => {
        const kek = pkcs11Kek({ ...hsm.place, ...change }, folder);
        await expect(kek.numbers()).rejects.toThrow(KeysUnavailable);
        kek.close();
      },
      20_000,
    );

    test('gone and back: refuses at once, and goes on without a restart', async () => {
      const kek = pkcs11Kek(hsm.place, folder);
      const wrapped = await kek.wrap('pepper', KEY);
      hsm.away(true);
      hsm.signal('SIGKILL');
      await sleep(PAUSE);
      await expect(kek.unwrap('pepper', wrapped)).rejects.toThrow('CKR_TOKEN_NOT_PRESENT');
      // Nor does it start process after process meanwhile.
      await expect(kek.unwrap('pepper', wrapped)).rejects.toThrow('was lost just now');
      hsm.away(false);
      await sleep(PAUSE);
      expect(await kek.unwrap('pepper', wrapped)).toStrictEqual(KEY);
      kek.close();
    }, 30_000);

    const stopped = async (going: 'SIGKILL' | 'SIGCONT', afterMs: number) => {
      const kek = pkcs11Kek(hsm.place, folder);
      const wrapped = await kek.wrap('pepper', KEY);
      hsm.signal('SIGSTOP');
      const asked = kek.unwrap('pepper', wrapped);
      asked.catch(() => {});
      await sleep(afterMs);
      hsm.signal(going);
      return { kek, wrapped, asked };
    };

    test('crashed in the middle of a call: rejects it, and goes on', async () => {
      const { kek, wrapped, asked } = await stopped('SIGKILL', 0);
      await expect(asked).rejects.toThrow('its process has ended');
      await sleep(PAUSE);
      expect(await kek.unwrap('pepper', wrapped)).toStrictEqual(KEY);
      kek.close();
    }, 30_000);

    test('slow: waits for it', async () => {
      const { kek, asked } = await stopped('SIGCONT', 2_000);
      expect(await asked).toStrictEqual(KEY);
      kek.close();
    }, 30_000);

    test('silent: rejects all at the deadline, and asks a new process later', async () => {
      const kek = pkcs11Kek(hsm.place, folder, { deadlineMs: 1_000 });
      const wrapped = await kek.wrap('pepper', KEY);
      hsm.signal('SIGSTOP');
      const started = performance.now();
      const asked = [1, 2, 3].map(() => kek.unwrap('pepper', wrapped));
      for (const outcome of await Promise.allSettled(asked))
        expect(outcome.status).toBe('rejected');
      expect(performance.now() - started).toBeLessThan(5_000);
      await sleep(PAUSE);
      expect(await kek.unwrap('pepper', wrapped)).toStrictEqual(KEY);
      kek.close();
    }, 30_000);
  });

  test('rejects what is under way when it is closed', async () => {
    const kek = pkcs11Kek(hsm.place, folder);
    const asked = kek.numbers();
    kek.close();
    await expect(asked).rejects.toThrow('the vault is closing');
  });
});
