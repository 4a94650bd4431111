import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../postgres.ts';
import { Cluster, type ClusterWish } from './cluster.ts';
import { Forwarder } from './forwarder.ts';
import { Keeping } from './keeping.ts';
import { type Deployment, hushfield, VaultNode } from './node.ts';

export type StageWish = {
  /** API nodes, besides the one process that serves fields and does the worker's duties. */
  readonly nodes?: number;
  readonly cluster?: ClusterWish;
  /** Whether the primary will be another one: then processes reach it through an address that moves. */
  readonly moves?: boolean;
  /** What every process and command is told besides. */
  readonly environment?: Readonly<Record<string, string>>;
  /** What one of the API nodes is told besides. */
  readonly apiEnvironment?: (index: number) => Readonly<Record<string, string>>;
};

export const SHOP = 'http://localhost:4400';
const SCOPES = ['tokens:read', 'tokens:write', 'tokens:delete', 'tokens:reveal'];

/** Keys of the one merchant there is. */
export type Merchant = { readonly tenant: string; readonly pk: string; readonly rk: string };

/** A whole deployment: PostgreSQL, a process for fields and duties, API nodes, and a merchant. */
export class Stage {
  /** The primary. */
  cluster: Cluster;
  readonly deployment: Deployment;
  readonly front: VaultNode;
  readonly nodes: readonly VaultNode[];
  readonly #clusters: Cluster[];
  readonly #forwarder: Forwarder | undefined;
  merchant: Merchant = { tenant: '', pk: '', rk: '' };
  #keeping: Keeping | undefined;

  private constructor(
    cluster: Cluster,
    forwarder: Forwarder | undefined,
    parts: Pick<Stage, 'deployment' | 'front' | 'nodes'>,
  ) {
    this.cluster = cluster;
    this.#clusters = [cluster];
    this.#forwarder = forwarder;
    this.deployment = parts.deployment;
    this.front = parts.front;
    this.nodes = parts.nodes;
  }

  /** Nothing runs yet but the database. */
  static async prepare(wish: StageWish): Promise<Stage> {
    const { nodes = 1, apiEnvironment = () => ({}), moves = false, environment = {} } = wish;
    const cluster = await Cluster.start(wish.cluster);
    const forwarder = moves ? await Forwarder.to(cluster.port) : undefined;
    const folder = mkdtempSync(join(tmpdir(), 'hushfield-faults-'));
    mkdirSync(join(folder, 'data'), { mode: 0o700 });
    const fieldsPort = await freePort();
    const ports = await freePorts(nodes);
    const [operatePort = 0, ...operatePorts] = await freePorts(nodes + 1);
    const deployment: Deployment = {
      folder,
      databaseUrl: forwarder?.urlLike(cluster.url) ?? cluster.url,
      fieldsOrigin: `http://127.0.0.1:${fieldsPort}`,
      apiOrigin: `http://127.0.0.1:${ports[0]}`,
      environment,
    };
    const front = { name: 'front', roles: 'fields,worker', portBase: fieldsPort - 1, operatePort };
    const node = (port: number, index: number) =>
      new VaultNode(deployment, {
        ...{ name: `api-${index + 1}`, roles: 'api', portBase: port - 2 },
        operatePort: operatePorts[index] ?? 0,
        environment: apiEnvironment(index),
      });
    return new Stage(cluster, forwarder, {
      ...{ deployment, front: new VaultNode(deployment, front), nodes: ports.map(node) },
    });
  }

  async start(): Promise<void> {
    const run = (...words: readonly string[]) => hushfield(this.deployment, ...words);
    await run('migrate');
    const { tenant } = await run('tenant', 'create', '--name', 'Faults');
    const key = ['key', 'create', '--tenant', String(tenant), '--kind'];
    const page = await run(...key, 'pk', '--origin', SHOP);
    const scopes = SCOPES.flatMap((scope) => ['--scope', scope]);
    const backend = await run(...key, 'rk', ...scopes);
    this.merchant = {
      ...{ tenant: String(tenant), pk: String(page['key']), rk: String(backend['key']) },
    };
    await this.front.start();
    await Promise.all(this.nodes.map((node) => node.start()));
    const { HUSHFIELD_FAULTS_KEEP: folder } = process.env;
    if (folder) this.#keeping = new Keeping(folder, [this.front, ...this.nodes]);
  }

  /** Another cluster is the primary from now on. */
  moveTo(cluster: Cluster): void {
    this.#clusters.push(cluster);
    this.cluster = cluster;
    if (this.#forwarder !== undefined) this.#forwarder.target = cluster.port;
  }

  async remove(): Promise<void> {
    this.#keeping?.end();
    for (const node of [this.front, ...this.nodes]) await node.kill();
    for (const cluster of this.#clusters) await cluster.remove();
    this.#forwarder?.close();
    rmSync(this.deployment.folder, { recursive: true, force: true });
  }
}

async function freePorts(count: number): Promise<number[]> {
  const ports = new Set<number>();
  while (ports.size < count) ports.add(await freePort());
  return [...ports];
}
