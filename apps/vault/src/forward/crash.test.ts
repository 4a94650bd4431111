import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ENGINES, emptyDatabase, type TestDatabase } from '../../test/engines.ts';
import { writeFakeDist } from '../../test/fake-dist.ts';
import { CREDENTIALS, type Gateway, recordOf, startGateway } from '../../test/gateway.ts';
import { done, type NodeProcess, serve } from '../../test/node-process.ts';

const CARD = { number: '4242424242424242', expMonth: 12, expYear: 2030 };

/* Everything here is real: processes, commands, PostgreSQL, and a gateway over TLS. */
describe.runIf(ENGINES.includes('postgres'))('a node that is killed while it sends', () => {
  const folder = mkdtempSync(join(tmpdir(), 'hushfield-killed-'));
  let db: TestDatabase;
  let gateway: Gateway;
  let deployment: { environment: Record<string, string> };
  let key: string;
  let destination: string;
  const nodes: NodeProcess[] = [];
  beforeAll(async () => {
    db = await emptyDatabase('postgres');
    gateway = await startGateway();
    const { fieldsDist, sdkDist } = writeFakeDist(join(folder, 'dist'));
    const environment = {
      HUSHFIELD_DATA_DIR: join(folder, 'data'),
      FIELDS_DIST: fieldsDist,
      SDK_DIST: sdkDist,
      DATABASE_URL: db.url ?? '',
      DRAIN_SECONDS: '0',
      ...gateway.environment,
    };
    deployment = { environment };
    done(deployment, 'migrate');
    const tenant = String(done(deployment, 'tenant create --name Shop')['tenant']);
    key = String(
      done(
        deployment,
        `key create --tenant ${tenant} --kind rk --scope forward --scope tokens:write --scope tokens:read`,
      )['key'],
    );
    const at = (name: string, value: object) => {
      writeFileSync(join(folder, name), JSON.stringify(value));
      return join(folder, name);
    };
    const record = at('record.json', recordOf(gateway.port));
    const credentials = at('credentials.json', CREDENTIALS);
    const added = done(
      deployment,
      `destination add --tenant ${tenant} --file ${record} --credentials ${credentials}`,
    );
    destination = String(added['id']);
  }, 120_000);
  afterAll(async () => {
    for (const node of nodes) await node.end('SIGKILL');
    await gateway.close();
    await db.drop();
    rmSync(folder, { recursive: true, force: true });
  }, 60_000);

  const start = async () => {
    const node = await serve(deployment, 'api');
    nodes.push(node);
    return node;
  };
  const post = (node: NodeProcess, path: string, body: object, name: string) =>
    fetch(`${node.api}${path}`, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${key}`,
        'content-type': 'application/json',
        'idempotency-key': name,
      },
      body: JSON.stringify(body),
    });

  test('leaves an intent; the next ask at another node says that nobody knows, and sends nothing', async () => {
    const [one, other] = [await start(), await start()];
    const { id } = (await (await post(one, '/v1/tokens', CARD, 'card')).json()) as { id: string };
    gateway.answers(() => {});
    const request = {
      ...{ destination, path: '/v1/charges', timeoutMs: 1_000 },
      body: { card: { number: `{{ ${id}.number }}` } },
    };
    const lost = post(one, '/v1/forward', request, 'payment').then(
      () => 'answered',
      () => 'lost',
    );
    while (gateway.heard.length === 0) await sleep(5);
    await one.end('SIGKILL');
    expect(await lost).toBe('lost');

    gateway.answers((response) => response.end('{}'));
    const asked = await Promise.all(
      [1, 2].map(() => post(other, '/v1/forward', request, 'payment')),
    );
    for (const answer of asked)
      expect(await answer.json()).toMatchObject({ status: 502, code: 'forward_unknown' });
    expect(gateway.heard).toHaveLength(1);
    const rows = await db.sql.owner.query(
      `SELECT action, outcome FROM audit_entries WHERE resource = $1 AND action LIKE 'forward.%' ORDER BY at`,
      [id],
    );
    expect(rows.map(({ action }) => action)).toStrictEqual(['forward.intent', 'forward.outcome']);
    expect(String(rows[1]?.['outcome'])).toMatch(/ unknown overdue$/);
    // Under another name it is another request, and the node is well.
    expect((await post(other, '/v1/forward', request, 'again')).status).toBe(200);
    expect(other.output()).not.toMatch(/4242424242424242/);
  }, 120_000);
});
