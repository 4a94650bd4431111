/*
 * `npm run bench -- forward [requests]`: what it costs to send a card on through the vault, against the same
 * request sent straight to the same peer: over a new connection each, as the vault does, and over one that is
 * kept. In turns and in one run, on a PostgreSQL of its own; and again while a worker tells an endpoint of a hundred
 * thousand queued events. Peer, callers and endpoint are one process, the vault's roles one each.
 */
import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { Agent, request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CREDENTIALS, recordOf, startGateway } from '../apps/vault/test/gateway.ts';
import { freeBase } from '../apps/vault/test/free-base.ts';
import { writeFakeDist } from '../apps/vault/test/fake-dist.ts';
import { openPostgres } from '../apps/vault/src/db/postgres.ts';
import { startPostgres } from './postgres.ts';
import { FILL, PORTION, startReceiver } from './webhook-cost.ts';

const CARD = { number: '4242424242424242', expMonth: 12, expYear: 2030 };
const ROUNDS = 5;
const CLIENTS = [1, 8] as const;
const QUEUED = 100_000;

const MAIN = join(import.meta.dirname, '../apps/vault/src/cli/main.ts');
type Environment = Readonly<Record<string, string>>;

function done(environment: Environment, line: string): Record<string, unknown> {
  const env = { PATH: process.env['PATH'], ...environment };
  const words = [MAIN, ...line.split(' '), '--json'];
  const { status, stdout, stderr } = spawnSync(process.execPath, words, { env, encoding: 'utf8' });
  if (status !== 0) throw new Error(`hushfield ${line}: ${stderr}${stdout}`);
  return JSON.parse(stdout);
}

async function serve(environment: Environment, role = 'api') {
  const base = await freeBase();
  const env = { PATH: process.env['PATH'], ...environment, PORT_BASE: String(base) };
  const child = spawn(process.execPath, [MAIN, 'serve', '--role', role], { env });
  await new Promise<void>((resolve, reject) => {
    let text = '';
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (data) => {
        text += String(data);
        if (/^serving/m.test(text)) resolve();
      });
    child.once('exit', () => reject(new Error(`does not serve: ${text}`)));
  });
  return { api: `http://127.0.0.1:${base + 2}`, end: () => child.kill() };
}

type Send = () => Promise<void>;

function at(values: readonly number[], part: number): number {
  const ordered = values.toSorted((a, b) => a - b);
  return ordered[Math.max(0, Math.ceil(part * ordered.length) - 1)] ?? Number.NaN;
}

async function times(send: Send, count: number, clients: number): Promise<number[]> {
  const taken: number[] = [];
  const one = async () => {
    for (let n = 0; n < count / clients; n += 1) {
      const from = performance.now();
      await send();
      taken.push(performance.now() - from);
    }
  };
  await Promise.all(Array.from({ length: clients }, one));
  return taken;
}

/** As a backend would that holds the card itself. */
function straight(port: number, ca: string, keepAlive: boolean): Send {
  const agent = new Agent({ keepAlive, ca });
  const { number, ...card } = CARD;
  const body = JSON.stringify({ card: { number, ...card } });
  const headers = { 'content-type': 'application/json', authorization: 'Bearer x' };
  return () =>
    new Promise((resolve, reject) => {
      const options = { host: 'localhost', port, path: '/v1/charges', method: 'POST' };
      const asked = request({ ...options, agent, headers, ca }, (response) => {
        response.resume();
        response.on('end', resolve);
      });
      asked.on('error', reject);
      asked.end(body);
    });
}

let names = 0;

function through(api: string, key: string, destination: string, token: string): Send {
  const body = JSON.stringify({
    ...{ destination, path: '/v1/charges' },
    body: {
      card: { number: `{{ ${token}.number }}`, exp_month: `{{ ${token}.expMonth }}` },
    },
  });
  return async () => {
    const headers = {
      authorization: `Bearer ${key}`,
      'content-type': 'application/json',
      'idempotency-key': `bench-${(names += 1)}`,
    };
    const answer = await fetch(`${api}/v1/forward`, { method: 'POST', headers, body });
    const text = await answer.text();
    if (answer.status !== 200) throw new Error(`${answer.status} ${text}`);
  };
}

/** @param count - of requests in each round. */
export async function forwardCost(count: number): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'hushfield-forward-cost-'));
  const postgres = await startPostgres();
  const gateway = await startGateway();
  const endpoint = await startReceiver();
  const { fieldsDist, sdkDist } = writeFakeDist(join(folder, 'dist'));
  const environment = {
    HUSHFIELD_DATA_DIR: join(folder, 'data'),
    DATABASE_URL: postgres.url,
    FIELDS_DIST: fieldsDist,
    SDK_DIST: sdkDist,
    DRAIN_SECONDS: '0',
    LOG_LEVEL: 'warn',
    ...gateway.environment,
    EGRESS_WEBHOOK_ORIGINS: endpoint.origin,
  };
  const write = (name: string, value: object) => {
    writeFileSync(join(folder, name), JSON.stringify(value));
    return join(folder, name);
  };
  try {
    done(environment, 'migrate');
    const tenant = String(done(environment, 'tenant create --name Bench')['tenant']);
    const scopes = '--scope forward --scope tokens:write';
    const made = done(environment, `key create --tenant ${tenant} --kind rk ${scopes}`);
    const key = String(made['key']);
    const files = `--file ${write('r', recordOf(gateway.port))} --credentials ${write('c', CREDENTIALS)}`;
    const added = done(environment, `destination add --tenant ${tenant} ${files}`);
    const node = await serve(environment);
    const headers = { authorization: `Bearer ${key}`, 'content-type': 'application/json' };
    const init = { method: 'POST', headers, body: JSON.stringify(CARD) };
    const { id } = (await (await fetch(`${node.api}/v1/tokens`, init)).json()) as { id: string };
    const ways = {
      forward: through(node.api, key, String(added['id']), id),
      'new connection': straight(gateway.port, gateway.ca, false),
      'kept connection': straight(gateway.port, gateway.ca, true),
    };
    await measure(count, ways);
    done(environment, `webhook add --tenant ${tenant} --url ${endpoint.origin}/hook`);
    await queue(postgres.url, tenant);
    const worker = await serve(environment, 'worker');
    console.log(`while a worker delivers ${QUEUED} events:`);
    await measure(count, ways);
    console.log(`${await waiting(postgres.url)} were left`);
    worker.end();
    node.end();
  } finally {
    await gateway.close();
    endpoint.server.close();
    endpoint.server.closeAllConnections();
    await postgres.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function queue(url: string, tenant: string): Promise<void> {
  const database = openPostgres(url);
  for (let from = 0; from < QUEUED; from += PORTION)
    await database.owner.query(FILL, [tenant, from, PORTION]);
  await database.owner.script('ANALYZE');
  await database.close();
}

/** How many deliveries a worker has not come to. */
async function waiting(url: string): Promise<number> {
  const database = openPostgres(url);
  const text = "SELECT count(*)::int AS n FROM webhook_deliveries WHERE state = 'pending'";
  const [row] = await database.owner.query(text);
  await database.close();
  return Number(row?.['n']);
}

async function measure(count: number, ways: Readonly<Record<string, Send>>): Promise<void> {
  for (const clients of CLIENTS) {
    const taken = new Map<string, number[]>();
    for (const send of Object.values(ways)) await times(send, count / 4, clients);
    for (let round = 0; round < ROUNDS; round += 1) {
      for (const [name, send] of Object.entries(ways))
        taken.set(name, [...(taken.get(name) ?? []), ...(await times(send, count, clients))]);
    }
    const ours = taken.get('forward') ?? [];
    for (const [name, values] of taken) {
      const [p50, p99] = [at(values, 0.5), at(values, 0.99)];
      const ratio = `${(at(ours, 0.5) / p50).toFixed(1)}x ${(at(ours, 0.99) / p99).toFixed(1)}x`;
      const line = `${name.padEnd(16)} p50 ${p50.toFixed(2)} ms  p99 ${p99.toFixed(2)} ms`;
      console.log(
        `${clients} at once  ${line}${name === 'forward' ? '' : `  forward is ${ratio}`}`,
      );
    }
  }
}
