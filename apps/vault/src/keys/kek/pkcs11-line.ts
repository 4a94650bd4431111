import { type ChildProcess, fork } from 'node:child_process';
import { extname, join } from 'node:path';
import { KeysBusy, KeysUnavailable } from './kek.ts';
import type { Pkcs11Answer, Pkcs11Call, Pkcs11Place, Pkcs11Reply } from './pkcs11-calls.ts';
import { RefusedPin } from './refused-pin.ts';

/** Beside this file, as it is or as it was built. */
const PROCESS = join(import.meta.dirname, `pkcs11-process${extname(import.meta.filename)}`);
/** A device that is gone is asked again this long after, at the soonest. */
const PAUSE_MS = 1_000;
const NEVER_SPOKE =
  'its process ended before it spoke; is pkcs11js there? It is compiled at installation, which needs Python, make and a C++ compiler';
const SAME_PIN =
  'it has refused the PIN, and is not asked again before the PIN file has changed, since devices lock after a few wrong ones; mend the PIN file, or touch it if the device was mended';

export type Patience = {
  /** How long the device may take for one call, from when it is asked. Longer, and it counts as dead. */
  readonly deadlineMs: number;
  /** How long a caller waits, with those before it. */
  readonly patienceMs: number;
};

type Waiting = {
  readonly call: Pkcs11Call;
  readonly resolve: (answer: Pkcs11Answer) => void;
  readonly reject: (error: KeysUnavailable) => void;
  readonly patience: NodeJS.Timeout;
  /** The caller has gone. */
  left: boolean;
};

/** What the device is asked now. */
type Asked = { readonly id: number; readonly waiting: Waiting; readonly timer: NodeJS.Timeout };

/**
 * The line of those who want something of a device, and the process that asks it: one call at a time,
 * since the device knows no other way. The time of a call begins when it is at the head of the line, so
 * that a slow device with many before it is not taken for a dead one; a caller's patience is another
 * matter, and ends nobody's process.
 */
export class Pkcs11Line {
  readonly #place: Pkcs11Place;
  readonly #patience: Patience;
  readonly #pin: RefusedPin;
  readonly #line: Waiting[] = [];
  #asked: Asked | undefined;
  #child: ChildProcess | undefined;
  #isFresh = false;
  #lastId = 0;
  #notBefore = 0;

  /** @param folder - where it is kept which PIN was refused. */
  constructor(place: Pkcs11Place, patience: Patience, folder: string) {
    this.#place = place;
    this.#patience = patience;
    this.#pin = new RefusedPin(place.pinFile, folder);
  }

  ask(call: Pkcs11Call): Promise<Pkcs11Answer> {
    return new Promise((resolve, reject) => {
      // The timer also keeps a command alive that waits for nothing else.
      const patience = setTimeout(() => this.#leave(waiting), this.#patience.patienceMs);
      const waiting: Waiting = { call, resolve, reject, patience, left: false };
      this.#line.push(waiting);
      this.#next();
    });
  }

  close(): void {
    this.#give('the vault is closing');
  }

  /** What the device is busy with stays with it: it cannot be called back. */
  #leave(waiting: Waiting): void {
    waiting.left = true;
    const place = this.#line.indexOf(waiting);
    if (place >= 0) this.#line.splice(place, 1);
    waiting.reject(new KeysBusy('the device is slow, and others were before this call'));
  }

  #next(): void {
    if (this.#asked !== undefined || this.#line.length === 0) return;
    try {
      this.#child ??= this.#start();
    } catch (error) {
      const reason = error instanceof KeysUnavailable ? error : new KeysUnavailable('it failed');
      return this.#rejectAll(reason);
    }
    const waiting = this.#line.shift();
    if (waiting !== undefined) this.#put(this.#child, waiting);
  }

  #put(child: ChildProcess, waiting: Waiting): void {
    const id = ++this.#lastId;
    // The first call of a process loads the library and logs in as well.
    const calls = this.#isFresh ? 2 : 1;
    this.#isFresh = false;
    const late = () => this.#give('it did not answer in time');
    const timer = setTimeout(late, calls * this.#patience.deadlineMs);
    this.#asked = { id, waiting, timer };
    child.send({ id, call: waiting.call }, (error) => {
      if (error !== null && this.#child === child) this.#give('its process has ended');
    });
  }

  #start(): ChildProcess {
    if (performance.now() < this.#notBefore)
      throw new KeysUnavailable('the device was lost just now');
    // Before the process reads the file: what is refused is this one, and none that came after.
    const look = this.#pin.look();
    if (this.#pin.wasRefused(look)) throw new KeysUnavailable(SAME_PIN);
    const { DATABASE_URL: _, ...environment } = process.env;
    const env = { ...environment, HUSHFIELD_PKCS11: JSON.stringify(this.#place) };
    const child = fork(PROCESS, { env, serialization: 'advanced', stdio: 'ignore' });
    let reason = NEVER_SPOKE;
    child.on('message', (reply: Pkcs11Reply) => {
      reason = 'its process has ended';
      if ('failure' in reply && reply.failure === 'pin') this.#pin.refused(look);
      else if ('answer' in reply) this.#pin.taken();
      if (this.#child === child) this.#settle(reply);
    });
    for (const event of ['exit', 'error'] as const)
      child.on(event, () => {
        if (this.#child === child) this.#give(reason);
      });
    child.unref();
    child.channel?.unref();
    this.#isFresh = true;
    return child;
  }

  #settle(reply: Pkcs11Reply): void {
    if (this.#asked?.id !== reply.id) return;
    const { waiting, timer } = this.#asked;
    this.#asked = undefined;
    clearTimeout(timer);
    clearTimeout(waiting.patience);
    if ('answer' in reply) {
      if (!waiting.left) waiting.resolve(reply.answer);
      else if ('bytes' in reply.answer) reply.answer.bytes.fill(0);
    } else {
      waiting.reject(new KeysUnavailable(`the device says ${reply.detail}`));
      if (reply.failure !== 'refused') return this.#give('it was lost');
    }
    this.#next();
  }

  /** Ends the process, and rejects all that wait for it. */
  #give(reason: string): void {
    const child = this.#child;
    this.#child = undefined;
    this.#notBefore = performance.now() + PAUSE_MS;
    child?.kill('SIGKILL');
    if (this.#asked !== undefined) {
      clearTimeout(this.#asked.timer);
      this.#line.unshift(this.#asked.waiting);
      this.#asked = undefined;
    }
    this.#rejectAll(new KeysUnavailable(`no answer from the device: ${reason}`));
  }

  #rejectAll(reason: KeysUnavailable): void {
    for (const { reject, patience } of this.#line.splice(0)) {
      clearTimeout(patience);
      reject(reason);
    }
  }
}
