import { appendFileSync, copyFileSync, existsSync, mkdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { VaultNode } from './node.ts';

const EVERY_MS = 2_000;

/** Keeps what somebody on call would have of a run: each node's log, and its metrics as they were scraped. */
export class Keeping {
  readonly #folder: string;
  readonly #nodes: readonly VaultNode[];
  readonly #timer: ReturnType<typeof setInterval>;

  constructor(folder: string, nodes: readonly VaultNode[]) {
    this.#folder = folder;
    this.#nodes = nodes;
    mkdirSync(folder, { recursive: true });
    this.#timer = setInterval(
      () => void Promise.all(nodes.map((node) => this.#scrape(node))),
      EVERY_MS,
    );
  }

  /** Before the logs are removed. */
  end(): void {
    clearInterval(this.#timer);
    for (const { log } of this.#nodes)
      if (existsSync(log)) copyFileSync(log, join(this.#folder, basename(log)));
  }

  async #scrape({ operate, log }: VaultNode): Promise<void> {
    const scraped = async (path: string) =>
      fetch(`${operate}/${path}`, { signal: AbortSignal.timeout(EVERY_MS) })
        .then(async (answer) => `${answer.status}\n${await answer.text()}`)
        .catch(() => 'no answer\n');
    const [ready, metrics] = await Promise.all([scraped('readyz'), scraped('metrics')]);
    const at = new Date().toISOString();
    const name = basename(log).replace(/\.log$/, '.scraped');
    const text = `==== ${at}\nreadyz ${ready}\nmetrics ${metrics}`;
    appendFileSync(join(this.#folder, name), text);
  }
}
