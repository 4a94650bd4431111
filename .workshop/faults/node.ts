import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { hushfieldMain } from '../built.ts';
import { pause } from './pause.ts';

/** What every process of a deployment is told alike. */
export type Deployment = {
  readonly folder: string;
  readonly databaseUrl: string;
  readonly fieldsOrigin: string;
  readonly apiOrigin: string;
  /** Besides what stands below. */
  readonly environment?: Readonly<Record<string, string>>;
};

type NodeWish = {
  readonly name: string;
  readonly roles: string;
  readonly portBase: number;
  /** Of its private listener. */
  readonly operatePort: number;
  readonly environment?: Readonly<Record<string, string>>;
};

const START_MS = 60_000;
const LOOK_MS = 40;
/** Limits count shoppers, and would take this machine for a crowd. */
const CROWD = {
  TICKETS_PER_MINUTE: '1000000',
  FIELDS_PER_MINUTE: '1000000',
  LIMIT_TICKETS_PER_KEY: '1000000/h',
  LIMIT_TOKENIZE_PER_ADDRESS: '10000000/h',
  LIMIT_TOKENIZE_PER_BIN: '10000000/h',
  LIMIT_TOKENIZE_PER_KEY: '10000000/h',
};

/** The environment in which servers and commands of a deployment run. */
export function environmentOf(deployment: Deployment): NodeJS.ProcessEnv {
  const { PATH, HOME } = process.env;
  return {
    PATH,
    HOME,
    ...CROWD,
    // A run starts the same programs thousands of times.
    NODE_COMPILE_CACHE: join(deployment.folder, 'compiled'),
    HUSHFIELD_DATA_DIR: join(deployment.folder, 'data'),
    DATABASE_URL: deployment.databaseUrl,
    FIELDS_ORIGIN: deployment.fieldsOrigin,
    API_ORIGIN: deployment.apiOrigin,
    ...deployment.environment,
  };
}

/** A process of the vault, as an operator starts it; its log goes to a file. */
export class VaultNode {
  readonly api: string;
  readonly #deployment: Deployment;
  readonly #wish: NodeWish;
  #child: ChildProcess | undefined;

  constructor(deployment: Deployment, wish: NodeWish) {
    this.#deployment = deployment;
    this.#wish = wish;
    this.api = `http://127.0.0.1:${wish.portBase + 2}`;
  }

  get pid(): number | undefined {
    return this.#child?.pid;
  }

  /** Its private listener. */
  get operate(): string {
    return `http://127.0.0.1:${this.#wish.operatePort}`;
  }

  get log(): string {
    return join(this.#deployment.folder, `${this.#wish.name}.log`);
  }

  /** @throws Error with its last words when it does not serve in time. */
  async start(): Promise<void> {
    const { roles, portBase, operatePort, environment = {} } = this.#wish;
    const output = openSync(this.log, 'a', 0o600);
    const child = spawn(process.execPath, [...hushfieldMain, 'serve', '--role', roles], {
      stdio: ['ignore', output, output],
      env: {
        ...environmentOf(this.#deployment),
        PORT_BASE: `${portBase}`,
        OPERATE_PORT: `${operatePort}`,
        ...environment,
      },
    });
    closeSync(output);
    this.#child = child;
    await this.#serves(child);
  }

  /** `kill -9`; resolves when it is gone. */
  async kill(): Promise<void> {
    const child = this.#child;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()));
    child.kill('SIGKILL');
    await gone;
  }

  async #serves(child: ChildProcess): Promise<void> {
    const { roles, portBase } = this.#wish;
    // There is nothing at this address: that it says so will do.
    const url = roles.includes('api') ? this.api : `http://127.0.0.1:${portBase + 1}`;
    for (const until = performance.now() + START_MS; performance.now() < until; ) {
      if (child.exitCode !== null || child.signalCode !== null) break;
      const answer = await fetch(url).catch(() => undefined);
      await answer?.arrayBuffer().catch(() => undefined);
      if (answer !== undefined) return;
      await pause(LOOK_MS);
    }
    const said = readFileSync(this.log, 'utf8').slice(-1_000);
    throw new Error(`${this.#wish.name} did not start: ${said}`);
  }
}

/** How a command ended: with a status, or by a signal. */
export type Ending = {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
  readonly ms: number;
};

/**
 * Runs a command of the vault.
 *
 * @param killAfter - milliseconds, after which it gets `kill -9`.
 */
export async function command(
  deployment: Deployment,
  words: readonly string[],
  { killAfter, environment = {} }: CommandWish = {},
): Promise<Ending> {
  const begun = performance.now();
  const child = spawn(process.execPath, [...hushfieldMain, ...words, '--json'], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...environmentOf(deployment), ...environment },
  });
  const timer =
    killAfter === undefined ? undefined : setTimeout(() => child.kill('SIGKILL'), killAfter);
  const said = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const)
    child[name].on('data', (chunk: Buffer) => (said[name] += chunk.toString()));
  const status = await new Promise<number | null>((resolve) => child.once('close', resolve));
  clearTimeout(timer);
  return { status, ...said, ms: performance.now() - begun };
}

type CommandWish = {
  readonly killAfter?: number;
  readonly environment?: Readonly<Record<string, string>>;
};

/** @throws Error with what it said when it fails. */
export async function hushfield(
  deployment: Deployment,
  ...words: readonly string[]
): Promise<Readonly<Record<string, unknown>>> {
  const { status, stdout, stderr } = await command(deployment, words);
  if (status !== 0) throw new Error(`hushfield ${words.join(' ')}: ${stderr || stdout}`);
  return JSON.parse(stdout);
}
