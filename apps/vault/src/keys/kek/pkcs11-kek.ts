import { type ChildProcess, fork } from 'node:child_process';
import { statSync } from 'node:fs';
import { extname, join } from 'node:path';
import { joinWrapped, splitWrapped, wrapContext, wrapNonce } from '@hushfield/crypto/envelope';
import { type Kek, KeysUnavailable } from './kek.ts';
import type { Pkcs11Answer, Pkcs11Call, Pkcs11Place, Pkcs11Reply } from './pkcs11-calls.ts';

/** Beside this file, as it is or as it was built. */
const PROCESS = join(import.meta.dirname, `pkcs11-process${extname(import.meta.filename)}`);
/** Longer than a slow device takes, shorter than a caller waits for an answer. */
const DEADLINE_MS = 10_000;
/** A device that is gone is asked again this long after, at the soonest. */
const PAUSE_MS = 1_000;
const NEVER_SPOKE =
  'its process ended before it spoke; is pkcs11js there? It is compiled at installation, which needs Python, make and a C++ compiler';

type Waiting = {
  readonly resolve: (answer: Pkcs11Answer) => void;
  readonly reject: (error: KeysUnavailable) => void;
  readonly timer: NodeJS.Timeout;
};

/**
 * KEKs in a PKCS#11 device, which never gives them out. One process with one session is enough: keys
 * are held in memory for minutes, so that a device is asked a few times a minute and not for each card.
 * A process that ended, or was ended for not answering, is started again by the next call.
 */
export function pkcs11Kek(place: Pkcs11Place, deadlineMs = DEADLINE_MS): Kek {
  const device = new Pkcs11Process(place, deadlineMs);
  const bytes = async (call: Pkcs11Call) => {
    const answer = await device.ask(call);
    if (!('bytes' in answer)) throw new KeysUnavailable('the device gave no bytes');
    return { number: answer.number, bytes: Uint8Array.from(answer.bytes) };
  };
  const numbers = async (call: Pkcs11Call) => {
    const answer = await device.ask(call);
    return 'numbers' in answer ? answer.numbers : [];
  };
  return {
    kind: 'pkcs11',
    deadlineMs,
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

class Pkcs11Process {
  readonly #place: Pkcs11Place;
  readonly #deadlineMs: number;
  readonly #waiting = new Map<number, Waiting>();
  #child: ChildProcess | undefined;
  #lastId = 0;
  #notBefore = 0;
  /** The age of the PIN file when its PIN was refused. */
  #refusedPin: number | undefined;

  constructor(place: Pkcs11Place, deadlineMs: number) {
    this.#place = place;
    this.#deadlineMs = deadlineMs;
  }

  ask(call: Pkcs11Call): Promise<Pkcs11Answer> {
    return new Promise((resolve, reject) => {
      this.#child ??= this.#start();
      const id = ++this.#lastId;
      // The timer also keeps a command alive that waits for nothing else.
      const timer = setTimeout(() => this.#give('it did not answer in time'), this.#deadlineMs);
      this.#waiting.set(id, { resolve, reject, timer });
      this.#child.send({ id, call }, (error) => {
        if (error !== null) this.#give('its process has ended');
      });
    });
  }

  close(): void {
    this.#give('the vault is closing');
  }

  #start(): ChildProcess {
    if (Date.now() < this.#notBefore) throw new KeysUnavailable('the device was lost just now');
    this.#refuseSamePin();
    const { DATABASE_URL: _, ...environment } = process.env;
    const env = { ...environment, HUSHFIELD_PKCS11: JSON.stringify(this.#place) };
    const child = fork(PROCESS, { env, serialization: 'advanced', stdio: 'ignore' });
    let reason = NEVER_SPOKE;
    child.on('message', (reply: Pkcs11Reply) => {
      reason = 'its process has ended';
      this.#settle(reply);
    });
    for (const event of ['exit', 'error'] as const)
      child.on(event, () => {
        if (this.#child === child) this.#give(reason);
      });
    child.unref();
    child.channel?.unref();
    return child;
  }

  /** Devices lock after a few wrong PINs: only another file is worth another try. */
  #refuseSamePin(): void {
    if (this.#refusedPin === undefined) return;
    if (pinAge(this.#place) === this.#refusedPin)
      throw new KeysUnavailable('the device does not take the PIN; mend the PIN file');
    this.#refusedPin = undefined;
  }

  #settle(reply: Pkcs11Reply): void {
    const waiting = this.#waiting.get(reply.id);
    if (waiting === undefined) return;
    this.#waiting.delete(reply.id);
    clearTimeout(waiting.timer);
    if ('answer' in reply) return waiting.resolve(reply.answer);
    if (reply.failure === 'pin') this.#refusedPin = pinAge(this.#place);
    waiting.reject(new KeysUnavailable(`the device says ${reply.detail}`));
    if (reply.failure !== 'refused') this.#give('it was lost');
  }

  /** Ends the process, and rejects all that wait for it. */
  #give(reason: string): void {
    const child = this.#child;
    this.#child = undefined;
    this.#notBefore = Date.now() + PAUSE_MS;
    child?.kill('SIGKILL');
    for (const { reject, timer } of this.#waiting.values()) {
      clearTimeout(timer);
      reject(new KeysUnavailable(`no answer from the device: ${reason}`));
    }
    this.#waiting.clear();
  }
}

function pinAge({ pinFile }: Pkcs11Place): number {
  try {
    return statSync(pinFile).mtimeMs;
  } catch {
    return 0;
  }
}
