import { joinWrapped, splitWrapped, wrapContext, wrapNonce } from '@hushfield/crypto/envelope';
import { type Kek, KeysUnavailable } from './kek.ts';
import type { Pkcs11Call, Pkcs11Place } from './pkcs11-calls.ts';
import { type Patience, Pkcs11Line } from './pkcs11-line.ts';

/**
 * A call may take twice what a slow device needs (5 s). A caller waits for the two keys of a tenant's first
 * use behind those of another one, and less long than a frame goes on trying (30 s).
 */
const PATIENCE: Patience = { deadlineMs: 10_000, patienceMs: 25_000 };

/**
 * KEKs in a PKCS#11 device, which never gives them out. One process with one session is enough: keys
 * are held in memory for minutes, so that a device is asked a few times a minute and not for each card.
 * A process that ended, or was ended for not answering, is started again by the next call.
 *
 * @param folder - the key store, where a refused PIN is remembered.
 */
export function pkcs11Kek(
  place: Pkcs11Place,
  folder: string,
  patience: Partial<Patience> = {},
): Kek {
  const whole = { ...PATIENCE, ...patience };
  const device = new Pkcs11Line(place, whole, folder);
  const bytes = async (call: Pkcs11Call) => {
    const answer = await device.ask(call);
    if (!('bytes' in answer)) throw new KeysUnavailable('the device gave no bytes');
    const bytes = Uint8Array.from(answer.bytes);
    answer.bytes.fill(0);
    return { number: answer.number, bytes };
  };
  const numbers = async (call: Pkcs11Call) => {
    const answer = await device.ask(call);
    return 'numbers' in answer ? answer.numbers : [];
  };
  return {
    kind: 'pkcs11',
    deadlineMs: whole.patienceMs,
    async wrap(label, key) {
      const nonce = wrapNonce();
      const wrapped = await bytes({ name: 'wrap', context: wrapContext(label), nonce, key });
      return joinWrapped({ kek: wrapped.number, nonce, ciphertext: wrapped.bytes });
    },
    async unwrap(label, blob) {
      const { kek: number, nonce, ciphertext } = split(blob);
      const context = wrapContext(label);
      return (await bytes({ name: 'unwrap', number, context, nonce, ciphertext })).bytes;
    },
    numbers: () => numbers({ name: 'numbers' }),
    create: async (number) => void (await numbers({ name: 'create', number })),
    destroy: async (number) => void (await numbers({ name: 'destroy', number })),
    close: () => device.close(),
  };
}

function split(blob: Uint8Array): ReturnType<typeof splitWrapped> {
  try {
    return splitWrapped(blob);
  } catch (cause) {
    throw new KeysUnavailable('not a wrapped key', { cause });
  }
}
