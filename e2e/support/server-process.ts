import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

/** The folder of the whole project. */
export const ROOT = join(import.meta.dirname, '../..');

/** A start takes two seconds; on a machine that does six things at once, a minute. */
const READY_MS = 90_000;
const STOP_MS = 15_000;

/** One of our servers as a child process, with everything it ever wrote. */
export class ServerProcess {
  readonly #main: string;
  readonly #env: Readonly<Record<string, string>>;
  #child: ChildProcess | undefined;
  #output = '';

  /** @param main - its entry file, below the project's folder. */
  constructor(main: string, env: Readonly<Record<string, string>>) {
    this.#main = join(ROOT, main);
    this.#env = env;
  }

  get output(): string {
    return this.#output;
  }

  get running(): boolean {
    return this.#child !== undefined;
  }

  /** Starts it and waits until `url` answers 200, or until it has said what `ready` looks for. */
  async start(ready: string | RegExp): Promise<void> {
    const { PATH = '', HOME = '', TZ = '', NODE_COMPILE_CACHE } = process.env;
    // With what was compiled before it starts in half the time.
    const compiled = NODE_COMPILE_CACHE === undefined ? {} : { NODE_COMPILE_CACHE };
    const child = spawn(process.execPath, [this.#main], {
      env: { PATH, HOME, TZ, ...compiled, ...this.#env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.#child = child;
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => {
        this.#output += text;
      });
    }
    child.once('exit', () => {
      if (this.#child === child) this.#child = undefined;
    });
    await this.#isReady(ready, this.#output.length);
  }

  /** Asks it to end, and waits. */
  stop(): Promise<void> {
    return this.#end('SIGTERM');
  }

  /** Ends it as a crash would. */
  kill(): Promise<void> {
    return this.#end('SIGKILL');
  }

  /** Stops it in its tracks, connections open, until `thaw`. */
  freeze(): void {
    this.#child?.kill('SIGSTOP');
  }

  thaw(): void {
    this.#child?.kill('SIGCONT');
  }

  async #end(signal: 'SIGTERM' | 'SIGKILL'): Promise<void> {
    const child = this.#child;
    if (!child) return;
    const gone = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGCONT');
    child.kill(signal);
    const late = AbortSignal.timeout(STOP_MS);
    late.addEventListener('abort', () => child.kill('SIGKILL'));
    await gone;
    if (late.aborted) throw new Error(`${this.#main} did not end on ${signal}\n${this.#output}`);
  }

  async #isReady(ready: string | RegExp, from: number): Promise<void> {
    for (const deadline = Date.now() + READY_MS; Date.now() < deadline; await pause(50)) {
      if (!this.#child) break;
      if (ready instanceof RegExp) {
        if (ready.test(this.#output.slice(from))) return;
        continue;
      }
      const response = await fetch(ready).catch(() => undefined);
      if (response?.ok) return;
    }
    throw new Error(`${this.#main} did not become ready\n${this.#output}`);
  }
}
