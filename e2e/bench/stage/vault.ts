import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { root } from '../../../.workshop/built.ts';
import { ended, type Resources } from '../resources.ts';

/** Where a vault answers and the keys of its development merchant. */
export type Vault = {
  readonly fields: string;
  readonly api: string;
  /** Its own port, whatever stands in front of it. */
  readonly apiPort: number;
  readonly pk: string;
  readonly sk: string;
  readonly dataDir: string;
  readonly pid: number;
  stop(): Promise<void>;
};

export type VaultPlace = {
  readonly portBase: number;
  /** None: on its embedded database. */
  readonly databaseUrl?: string | undefined;
  /** Of another vault, to run as its second node. */
  readonly dataDir?: string;
  readonly environment?: Readonly<Record<string, string>>;
};

const START_MS = 30_000;

/**
 * Starts the real vault with all its rules; only the limits that count shoppers by address,
 * card and key are raised, which would take this machine for a crowd. Its log goes to a file, as it would in
 * earnest: a pipe would make this process part of what is measured.
 */
export async function startVault(resources: Resources, place: VaultPlace): Promise<Vault> {
  const folder = mkdtempSync(join(tmpdir(), 'hushfield-bench-vault-'));
  resources.add(() => rmSync(folder, { recursive: true, force: true }));
  const dataDir = place.dataDir ?? join(folder, 'data');
  const log = join(folder, 'vault.log');
  const output = openSync(log, 'w', 0o600);
  const child = resources.spawn(process.execPath, [join(root, 'apps/vault/dist/main.js')], {
    stdio: ['ignore', output, output],
    env: environmentOf({ ...place, dataDir }),
  });
  closeSync(output);
  const facts = await readyLine(log, () => child.exitCode !== null);
  const [fields, api, pk, sk] = ['fields', 'api', 'pk', 'sk'].map((name) => facts.get(name) ?? '');
  if (!fields || !api || !pk || !sk) throw new Error('the vault did not say all of its facts');
  const apiPort = place.portBase + 2;
  return { fields, api, pk, sk, apiPort, dataDir, pid: child.pid ?? 0, stop: () => ended(child) };
}

/** What a vault process here is started with. */
export function environmentOf(place: VaultPlace & { readonly dataDir: string }): NodeJS.ProcessEnv {
  const { DATABASE_URL: _, ...inherited } = process.env;
  return {
    ...inherited,
    PORT_BASE: `${place.portBase}`,
    HUSHFIELD_DATA_DIR: place.dataDir,
    ...(place.databaseUrl === undefined ? {} : { DATABASE_URL: place.databaseUrl }),
    TICKETS_PER_MINUTE: '1000000',
    LIMIT_TICKETS_PER_KEY: '1000000/h',
    LIMIT_TOKENIZE_PER_ADDRESS: '10000000/h',
    LIMIT_TOKENIZE_PER_BIN: '10000000/h',
    LIMIT_TOKENIZE_PER_KEY: '10000000/h',
    ...place.environment,
  };
}

async function readyLine(log: string, hasEnded: () => boolean): Promise<URLSearchParams> {
  for (const until = performance.now() + START_MS; performance.now() < until; ) {
    const said = readFileSync(log, 'utf8');
    const line = /^vault ready (.*)$/m.exec(said)?.[1];
    if (line !== undefined) return new URLSearchParams(line.replaceAll(' ', '&'));
    if (hasEnded()) throw new Error(`the vault did not start: ${said.slice(-1_000)}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error('the vault did not start in time');
}

/** A tick of /proc, in milliseconds. */
const TICK_MS = 10;

/** Milliseconds of CPU a process has had, where the system tells. */
export function cpuOf(pid: number): number | undefined {
  try {
    const [, rest = ''] = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ');
    const [user = Number.NaN, system = Number.NaN] = rest.split(' ').slice(11, 13).map(Number);
    return (user + system) * TICK_MS;
  } catch {
    return undefined;
  }
}
