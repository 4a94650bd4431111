import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openPostgres } from '../../apps/vault/src/db/postgres.ts';
import { freePort } from '../postgres.ts';
import { Client } from './client.ts';
import { Cluster, type ClusterWish } from './cluster.ts';
import { type Court, judge, settle } from './judge.ts';
import { Ledger } from './ledger.ts';
import { Load } from './load.ts';
import { type Deployment, hushfield, VaultNode } from './node.ts';
import { Shopper } from './shopper.ts';
import { Tally } from './tally.ts';

export type ArenaWish = {
  /** API nodes, besides the one process that serves fields and does the worker's duties. */
  readonly nodes?: number;
  readonly clients?: number;
  /** Between two acts of a client. */
  readonly restMs?: number;
  readonly cluster?: ClusterWish;
  /** Where processes find the database, when it is not at its own address. */
  readonly through?: (cluster: Cluster) => Promise<string>;
  /** What one of the API nodes is told besides. */
  readonly apiEnvironment?: (index: number) => Readonly<Record<string, string>>;
  readonly allowed?: readonly string[];
};

/** What a signal has to end, too. */
const open = new Set<Arena>();

const SHOP = 'http://localhost:4400';
const SCOPES = ['tokens:read', 'tokens:write', 'tokens:delete', 'tokens:reveal'];

/** A whole deployment on a PostgreSQL of its own, with clients that remember all they were told. */
export class Arena {
  readonly tally = new Tally();
  readonly ledger = new Ledger();
  readonly recoveries: number[] = [];
  readonly cluster: Cluster;
  readonly deployment: Deployment;
  readonly front: VaultNode;
  readonly nodes: readonly VaultNode[];
  readonly #wish: ArenaWish;
  /** Where the judge asks the database; a fault may move it. */
  databaseUrl: string;
  #load: Load | undefined;
  #court: Court | undefined;
  #turn = 0;

  private constructor(
    wish: ArenaWish,
    parts: Pick<Arena, 'cluster' | 'deployment' | 'front' | 'nodes'>,
  ) {
    this.#wish = wish;
    this.cluster = parts.cluster;
    this.deployment = parts.deployment;
    this.front = parts.front;
    this.nodes = parts.nodes;
    this.databaseUrl = parts.cluster.url;
  }

  static async open(wish: ArenaWish = {}): Promise<Arena> {
    const { nodes = 1, apiEnvironment = () => ({}), through } = wish;
    const cluster = await Cluster.start(wish.cluster);
    const folder = mkdtempSync(join(tmpdir(), 'hushfield-faults-'));
    mkdirSync(join(folder, 'data'), { mode: 0o700 });
    const bases: number[] = [];
    for (let n = 0; n <= nodes; n += 1) bases.push(await freeBase());
    const [frontBase = 0, ...apiBases] = bases;
    const deployment: Deployment = {
      folder,
      databaseUrl: (await through?.(cluster)) ?? cluster.url,
      fieldsOrigin: `http://127.0.0.1:${frontBase + 1}`,
      apiOrigin: `http://127.0.0.1:${(apiBases[0] ?? 0) + 2}`,
    };
    const front = new VaultNode(deployment, {
      ...{ name: 'front', roles: 'fields,worker', portBase: frontBase },
    });
    const apis = apiBases.map(
      (portBase, index) =>
        new VaultNode(deployment, {
          ...{ name: `api-${index + 1}`, roles: 'api', portBase },
          environment: apiEnvironment(index),
        }),
    );
    const arena = new Arena(wish, { cluster, deployment, front, nodes: apis });
    open.add(arena);
    try {
      await arena.#open();
      return arena;
    } catch (error) {
      await arena.close();
      throw error;
    }
  }

  async #open(): Promise<void> {
    const { deployment, ledger, tally } = this;
    await hushfield(deployment, 'migrate');
    const made = await hushfield(deployment, 'tenant', 'create', '--name', 'Faults');
    const tenant = String(made['tenant']);
    const key = ['key', 'create', '--tenant', tenant];
    const page = await hushfield(deployment, ...key, '--kind', 'pk', '--origin', SHOP);
    const scopes = SCOPES.flatMap((scope) => ['--scope', scope]);
    const backend = await hushfield(deployment, ...key, '--kind', 'rk', ...scopes);
    await this.front.start();
    await Promise.all(this.nodes.map((node) => node.start()));

    const { allowed = [], clients = 4, restMs = 5 } = this.#wish;
    const counter = {
      ...{ ledger, tally, base: () => this.#next(), secretKey: String(backend['key']) },
      allowed: new Set(allowed),
    };
    const place = () => ({
      ...{
        fields: deployment.fieldsOrigin,
        api: this.#next(),
        shop: SHOP,
        pk: String(page['key']),
      },
    });
    const client = () => new Client(counter, new Shopper(place));
    this.#load = new Load(Array.from({ length: clients }, client), restMs);
    this.#court = {
      ...{ counter, client: client(), tenant },
      sql: (text) => this.sql(text),
    };
  }

  /** Asks the database, past the vault. */
  async sql(text: string): Promise<readonly Readonly<Record<string, unknown>>[]> {
    const sql = openPostgres(this.databaseUrl);
    try {
      return await sql.owner.query(text);
    } finally {
      await sql.close();
    }
  }

  get tenant(): string {
    return this.#court?.tenant ?? '';
  }

  start(): void {
    this.#load?.start();
  }

  /**
   * Mends what was broken, and waits until something is acknowledged that was sent since: that is how long
   * the recovery took.
   */
  async recovers(mend: () => Promise<unknown>): Promise<void> {
    const from = performance.now();
    const next = this.tally.next();
    await mend();
    this.recoveries.push((await next) - from);
  }

  /** Does something while nothing is on its way. */
  async between(work: () => Promise<void>): Promise<void> {
    await this.#load?.stop();
    await work();
    this.start();
  }

  /** Stops the clients, clears up what is open, and judges. */
  async judge(whole = false): Promise<void> {
    await this.#load?.stop();
    if (this.#court === undefined) return;
    await settle(this.#court);
    await judge(this.#court, whole);
    for (const kind of Object.keys(this.tally.kinds))
      if (kind.endsWith('untyped') || kind.startsWith('500')) this.ledger.note('wrong', kind);
  }

  /** Ends all that is open, in the middle of whatever it does. */
  static async closeAll(): Promise<void> {
    for (const arena of open) await arena.#remove();
  }

  async close(): Promise<void> {
    await this.#load?.stop();
    await this.#remove();
  }

  async #remove(): Promise<void> {
    open.delete(this);
    for (const node of [this.front, ...this.nodes]) await node.kill();
    await this.cluster.remove();
    rmSync(this.deployment.folder, { recursive: true, force: true });
  }

  #next(): string {
    this.#turn += 1;
    return this.nodes[this.#turn % this.nodes.length]?.api ?? '';
  }
}

/** A base whose next two ports are free. */
async function freeBase(): Promise<number> {
  return (await freePort()) - 2;
}
