import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Readable, Writable } from 'node:stream';

/*
 * The watcher reads what only our process holds open. However we end (a failed test, a signal, SIGKILL),
 * the kernel closes it, and the watcher takes the whole group down: a browser starts processes of its
 * own that nobody else would ever end.
 */
const WATCHED = `
  exec 3<&0
  ( trap : TERM; read -r _ <&3; kill -TERM 0; sleep 3; kill -KILL 0 ) >/dev/null 2>&1 &
  exec "$@" </dev/null 3<&-`;

/** A program and all it starts, which end together with us at the latest. */
export class ProcessGroup {
  readonly #child: ChildProcessByStdio<Writable, Readable, Readable>;
  readonly #ended: Promise<unknown>;
  #output = '';

  constructor(program: string, args: readonly string[], env: NodeJS.ProcessEnv) {
    this.#child = spawn('/bin/sh', ['-c', WATCHED, 'watched', program, ...args], {
      env,
      // A group of its own: the terminal's Ctrl+C reaches us, and we end it in order.
      detached: true,
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    this.#ended = once(this.#child, 'exit');
    this.#child.stdin.on('error', () => {});
    for (const stream of [this.#child.stdout, this.#child.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => {
        this.#output += text;
      });
    }
  }

  get output(): string {
    return this.#output;
  }

  get running(): boolean {
    return this.#child.exitCode === null && this.#child.signalCode === null;
  }

  /** Asks all of it to end, waits for the program, and sweeps up what it left. */
  async stop(): Promise<void> {
    this.#child.stdin.end();
    if (this.running) await this.#ended;
    try {
      if (this.#child.pid !== undefined) process.kill(-this.#child.pid, 'SIGKILL');
    } catch {
      // Nothing was left.
    }
  }
}

const START_MS = 15_000;

/** Asks `look` until it knows something. */
export async function until<T>(
  what: string,
  look: () => Promise<T | undefined> | T | undefined,
  waitMs = START_MS,
): Promise<T> {
  for (const deadline = Date.now() + waitMs; Date.now() < deadline; ) {
    const found = await look();
    if (found !== undefined) return found;
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  throw new Error(`${what}: not within ${waitMs} ms`);
}

/** A screen that nobody sees, on the first display number that is free. */
export async function startDisplay(): Promise<{ name: string; group: ProcessGroup }> {
  const group = new ProcessGroup(
    'Xvfb',
    ['-displayfd', '1', '-screen', '0', '1280x1000x24', '-nolisten', 'tcp'],
    process.env,
  );
  try {
    const number = await until('a virtual display', () => {
      if (!group.running) throw new Error(`Xvfb did not start: ${group.output}`);
      // Where another took the first number, it says so before it gives its own.
      return /^\d+\n/m.exec(group.output)?.[0].trim();
    });
    return { name: `:${number}`, group };
  } catch (error) {
    await group.stop();
    throw error;
  }
}
