import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openPostgres } from '../../apps/vault/src/db/postgres.ts';
import { asNobody, binaries, freePort, isRoot, NOBODY, ready } from '../postgres.ts';
import { pause } from './pause.ts';

/** Where a cluster lies and what it is told beyond its defaults. */
export type ClusterWish = {
  /** A folder that is there already, on a disk of the caller's choice. */
  readonly folder?: string;
  readonly settings?: Readonly<Record<string, string>>;
};

type Place = {
  readonly workplace: string;
  readonly bin: string;
  readonly data: string;
  readonly port: number;
  readonly settings: Readonly<Record<string, string>>;
  /** Whether the workplace was made for it alone. */
  readonly isOwn: boolean;
};

const START_TRIES = 80;
const TRY_MS = 250;

/**
 * A PostgreSQL that can be killed, all of its processes at once, lose its data directory, and be followed
 * by a replica. Its safe defaults hold: it waits for the disk at every commit.
 */
export class Cluster {
  readonly #place: Place;
  #child: ChildProcess | undefined;
  #panics = 0;

  private constructor(place: Place) {
    this.#place = place;
  }

  static async start({ folder, settings = {} }: ClusterWish = {}): Promise<Cluster> {
    const workplace = folder ?? mkdtempSync(join(tmpdir(), 'hushfield-faults-pg-'));
    chmodSync(workplace, 0o755);
    const bin = binaries(workplace);
    const data = emptyFolder(workplace, 'data');
    const words = ['-D', data, '-U', 'postgres', '-A', 'trust', '-E', 'UTF8', '--no-sync'];
    // Small segments: the disk that is to be full is small too.
    const init = spawnSync(join(bin, 'initdb'), [...words, '--wal-segsize=1'], {
      ...asNobody,
      encoding: 'utf8',
      cwd: workplace,
    });
    if (init.status !== 0) throw new Error(`initdb failed: ${init.stderr}`);
    const cluster = new Cluster({
      ...{ workplace, bin, data, port: await freePort(), settings },
      isOwn: folder === undefined,
    });
    await cluster.launch();
    return cluster;
  }

  get url(): string {
    return `postgresql://postgres@127.0.0.1:${this.#place.port}/postgres`;
  }

  get port(): number {
    return this.#place.port;
  }

  get data(): string {
    return this.#place.data;
  }

  /** How often it gave up what was under way, and recovered by itself or ended. */
  get panics(): number {
    return this.#panics;
  }

  get isUp(): boolean {
    return this.#child?.exitCode === null && this.#child.signalCode === null;
  }

  /** Starts it, as whoever supervises it would: again and again, until it has recovered. */
  async launch(tries = START_TRIES): Promise<void> {
    for (let left = tries; ; left -= 1) {
      const child = this.#spawn();
      try {
        await ready(child);
        this.#child = child;
        return;
      } catch (error) {
        // The processes of the one before may notice only now that it is gone.
        if (left === 0) throw error;
        await pause(TRY_MS);
      }
    }
  }

  /** `kill -9` of the postmaster and of all its children. */
  async kill(): Promise<void> {
    const child = this.#child;
    if (child?.pid === undefined || !this.isUp) return;
    const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()));
    child.ref();
    const children = childrenOf(child.pid);
    child.kill('SIGKILL');
    for (const pid of children) signalled(pid);
    await gone;
  }

  /** Ends it and removes all of it, but for a folder that was there before. */
  async remove(): Promise<void> {
    await this.kill();
    const { workplace, data, isOwn } = this.#place;
    rmSync(isOwn ? workplace : data, { recursive: true, force: true });
  }

  /** Does what `pg_basebackup` does, which is not in the npm package, and starts the copy as a replica. */
  async replica(name: string): Promise<Cluster> {
    const workplace = mkdtempSync(join(tmpdir(), 'hushfield-faults-pg-'));
    chmodSync(workplace, 0o755);
    const data = join(workplace, 'data');
    const sql = openPostgres(this.url);
    try {
      await sql.owner.transaction(async (inside) => {
        await inside.query("SELECT pg_backup_start('replica', true)");
        spawnSync('cp', ['-a', this.data, data], { stdio: 'ignore' });
        const [row] = await inside.query('SELECT labelfile FROM pg_backup_stop()');
        writeFileSync(join(data, 'backup_label'), String(row?.['labelfile']), own());
      });
    } finally {
      await sql.close();
    }
    for (const file of ['postmaster.pid', 'postmaster.opts']) rmSync(join(data, file));
    const conninfo = `host=127.0.0.1 port=${this.port} user=postgres application_name=${name}`;
    writeFileSync(join(data, 'standby.signal'), '', own());
    writeFileSync(join(data, 'postgresql.auto.conf'), `primary_conninfo = '${conninfo}'\n`, own());
    if (isRoot) spawnSync('chown', ['-R', `${NOBODY}:${NOBODY}`, data]);
    const place = { ...this.#place, workplace, data, port: await freePort(), isOwn: true };
    const replica = new Cluster(place);
    await replica.launch();
    return replica;
  }

  /** Asks it, past the vault. */
  async ask(text: string): Promise<readonly Readonly<Record<string, unknown>>[]> {
    const sql = openPostgres(this.url);
    try {
      return await sql.owner.query(text);
    } finally {
      await sql.close();
    }
  }

  #spawn(): ChildProcess {
    const { bin, data, port, settings, workplace } = this.#place;
    const all = { max_connections: '200', ...settings };
    const words = Object.entries(all).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
    const child = spawn(
      join(bin, 'postgres'),
      ['-D', data, '-p', `${port}`, '-h', '127.0.0.1', '-k', '', ...words],
      { ...asNobody, cwd: workplace, stdio: ['ignore', 'ignore', 'pipe'] },
    );
    child.stderr.on('data', (chunk: Buffer) => {
      this.#panics += chunk.toString().split('PANIC:').length - 1;
    });
    child.unref();
    return child;
  }
}

const own = () => ({ mode: 0o600 });

function emptyFolder(workplace: string, name: string): string {
  const path = join(workplace, name);
  mkdirSync(path, { mode: 0o700 });
  if (isRoot) chownSync(path, NOBODY, NOBODY);
  return path;
}

/** Each of them leads a session of its own, so no group of processes holds them all. */
function childrenOf(pid: number): number[] {
  try {
    const listed = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8');
    return listed.trim().split(' ').filter(Boolean).map(Number);
  } catch {
    return [];
  }
}

function signalled(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It was faster.
  }
}
