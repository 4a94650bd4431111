import { type ChildProcess, spawn, type SpawnOptions } from 'node:child_process';

type Undo = () => Promise<void> | void;

/** What a run has opened; last opened, first closed, also when the run fails or is interrupted. */
export class Resources {
  readonly #undo: Undo[] = [];

  add(undo: Undo): void {
    this.#undo.push(undo);
  }

  /** Starts a program that ends with the run, at the latest. */
  spawn(command: string, args: readonly string[], options: SpawnOptions): ChildProcess {
    const child = spawn(command, args, options);
    this.add(() => ended(child));
    return child;
  }

  async close(): Promise<void> {
    for (let undo = this.#undo.pop(); undo; undo = this.#undo.pop()) {
      try {
        await undo();
      } catch (error) {
        console.error('While cleaning up:', error);
      }
    }
  }
}

const GRACE_MS = 5_000;

/** Asks a child to end, and insists after a while. */
export async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  child.kill('SIGTERM');
  const insist = setTimeout(() => child.kill('SIGKILL'), GRACE_MS);
  await gone;
  clearTimeout(insist);
}
