import { execFile, spawn } from 'node:child_process';
import {
  appendFileSync,
  chmodSync,
  chownSync,
  existsSync,
  globSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';

/** A server with all of its tools, as an operator has it; the one of npm comes without. */
const [NEWEST] = [
  '/usr/lib/postgresql/*/bin',
  '/usr/pgsql-*/bin',
  '/opt/homebrew/opt/postgresql@*/bin',
]
  .flatMap((pattern) => globSync(`${pattern}/pg_basebackup`))
  .toSorted((one, other) => other.localeCompare(one, 'en', { numeric: true }));
const BIN = NEWEST === undefined ? '' : dirname(NEWEST);

export const HAS_SERVER_TOOLS = BIN !== '';
if (!HAS_SERVER_TOOLS) {
  console.warn('pg_basebackup is not there: what needs a PostgreSQL with its tools is left out.');
}

/** PostgreSQL refuses to run as root. */
const NOBODY = 65_534;
const isRoot = process.getuid?.() === 0;
const as = isRoot ? { uid: NOBODY, gid: NOBODY } : {};

/** A folder that the server may write to. */
export function serverFolder(name: string): string {
  const folder = mkdtempSync(join(tmpdir(), `hushfield-${name}-`));
  if (isRoot) chownSync(folder, NOBODY, NOBODY);
  chmodSync(folder, 0o755);
  return folder;
}

/** Runs a tool of the server, or of the system, to its end as the server's user. @throws Error with what it said. */
export async function tool(name: string, args: readonly string[]): Promise<string> {
  const own = join(BIN, name);
  const env = { PATH: process.env['PATH'], LC_ALL: 'C' };
  const options = { ...as, env, cwd: '/', maxBuffer: 64 * 1024 * 1024 };
  return (await promisify(execFile)(existsSync(own) ? own : name, args, options)).stdout;
}

export type Server = {
  readonly port: number;
  readonly data: string;
  readonly log: string;
  url(database: string): string;
  stop(): Promise<void>;
};

/** Makes an empty data directory in a folder of the server's. */
export async function newData(folder: string, args: readonly string[] = []): Promise<string> {
  const data = join(folder, 'data');
  mkdirSync(data, { mode: 0o700 });
  if (isRoot) chownSync(data, NOBODY, NOBODY);
  const plain = ['-U', 'postgres', '-A', 'trust', '-E', 'UTF8', '--no-sync'];
  await tool('initdb', ['-D', data, ...plain, ...args]);
  return data;
}

/** Starts a server on a data directory, with these lines at the end of its settings. */
export async function startServer(data: string, settings: readonly string[] = []): Promise<Server> {
  const port = await freePort();
  const log = join(dirname(data), 'log');
  const own = [`port = ${port}`, "listen_addresses = '127.0.0.1'", "unix_socket_directories = ''"];
  appendFileSync(join(data, 'postgresql.conf'), `\n${[...own, ...settings].join('\n')}\n`);
  await launch(['-D', data, '-l', log, '-w', '-t', '60', 'start']);
  return {
    ...{ port, data, log },
    url: (database) => `postgres://postgres@127.0.0.1:${port}/${database}`,
    stop: async () => void (await tool('pg_ctl', ['-D', data, '-m', 'fast', '-w', 'stop'])),
  };
}

/** Its server keeps what it inherits, so that nobody may wait for the end of its output. */
function launch(args: readonly string[]): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(join(BIN, 'pg_ctl'), args, { ...as, cwd: '/', stdio: 'ignore' });
    child.once('error', reject);
    child.once('exit', (code) =>
      code === 0 ? resolve() : reject(new Error(`pg_ctl ${args.join(' ')} ended with ${code}`)),
    );
  });
}

/** Stops a server, if its test has not, and removes its folder. */
export async function discard(folder: string, server: Server | undefined): Promise<void> {
  await server?.stop().catch(() => {});
  rmSync(folder, { recursive: true, force: true });
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.on('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address();
      probe.close(() => resolve(typeof address === 'object' && address ? address.port : 0));
    });
  });
}
