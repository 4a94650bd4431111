import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { ask, keyOf } from '../../test/backend.ts';
import { ENGINES } from '../../test/engines.ts';
import { type Forwarding, forwarding } from '../../test/forwarding.ts';
import { CREDENTIALS } from '../../test/gateway.ts';
import { NOON } from '../../test/test-vault.ts';
import { rotateDataKey } from '../rotation/rotate-data-keys.ts';
import { runWorkerRound } from '../worker/worker.ts';

const WELL = '{"id":"ch_1"}';

describe.each(ENGINES)('what is known of what was sent, on %s', { timeout: 60_000 }, (engine) => {
  let f: Forwarding;
  let token: string;
  beforeAll(async () => {
    f = await forwarding(engine);
    token = await f.card();
    await ask(f.it, f.key, 'PATCH', `/v1/tokens/${token}`, { body: { expiresAt: null } });
  }, 60_000);
  afterAll(() => f.close());
  beforeEach(async () => {
    await f.it.vault.sql.owner.query('DELETE FROM forwards');
    f.it.time.now = NOON;
    f.gateway.heard.length = 0;
    f.gateway.answers((response) => response.end(WELL));
  });

  const send = (name: string, more: object = {}, key = f.key) =>
    f.forward(
      {
        ...{ destination: f.destination, path: '/v1/charges' },
        body: { card: { number: `{{ ${token}.number }}` } },
        ...more,
      },
      { name, key },
    );
  const outcomes = async (id: string) => {
    const rows = await f.it.vault.sql.owner.query(
      `SELECT action, actor, outcome FROM audit_entries WHERE outcome LIKE $1 || ' %' ORDER BY action, at`,
      [id],
    );
    return rows.map(({ action, actor, outcome }) => {
      return [action, actor, String(outcome).slice(id.length + 1)].map(String);
    });
  };
  const rowOf = async () => {
    const [row] = await f.it.vault.sql.owner.query('SELECT forward_id, state FROM forwards');
    return { id: String(row?.['forward_id']), state: row?.['state'] };
  };

  test('needs a name', async () => {
    const body = { destination: f.destination, path: '/v1/charges' };
    const answer = await ask(f.it, f.key, 'POST', '/v1/forward', { body });
    expect([answer.status, answer.body['field']]).toStrictEqual([400, 'Idempotency-Key']);
  });

  test('sends once for a name, and tells the same again; other contents are refused', async () => {
    const name = randomUUID();
    const first = await send(name);
    const second = await send(name);
    expect({ ...second.body, requestId: '' }).toStrictEqual({ ...first.body, requestId: '' });
    expect((await send(name, { timeoutMs: 500 })).body['code']).toBe('idempotency_conflict');
    expect(f.gateway.heard).toHaveLength(1);
  });

  test('sends once for many who ask at the same moment, and all are told the answer', async () => {
    f.gateway.answers((response) => setTimeout(() => response.end(WELL), 300));
    const name = randomUUID();
    const answers = await Promise.all(Array.from({ length: 8 }, () => send(name)));
    expect(answers.map(({ status }) => status)).toStrictEqual(answers.map(() => 200));
    expect(new Set(answers.map(({ body }) => body.id)).size).toBe(1);
    expect(f.gateway.heard).toHaveLength(1);
  });

  test('goes on with a rolled key', async () => {
    const old = await keyOf(f.it, { scopes: ['forward', 'keys:manage'] });
    const name = randomUUID();
    const first = await send(name, {}, old);
    const roll = `/v1/api_keys/${old.slice(8, 16)}/roll`;
    const { body } = await ask(f.it, old, 'POST', roll, { body: { overlap: 60 } });
    const second = await send(name, {}, String(body['key']));
    expect([second.status, second.body.id]).toStrictEqual([200, first.body.id]);
    expect(f.gateway.heard).toHaveLength(1);
  });

  test('attacks: is sent once by many nodes that change over to another key one by one', async () => {
    const roll = async (key: string) => {
      const url = `/v1/api_keys/${key.slice(8, 16)}/roll`;
      const { body } = await ask(f.it, key, 'POST', url, { body: { overlap: 60 } });
      return String(body['key']);
    };
    const first = await keyOf(f.it, { scopes: ['forward', 'keys:manage'] });
    const second = await roll(first);
    const third = await roll(second);
    const name = randomUUID();
    const sent = await send(name, {}, second);
    for (const key of [first, third, second])
      expect((await send(name, {}, key)).body.id).toBe(sent.body.id);
    expect(f.gateway.heard).toHaveLength(1);
    const other = await keyOf(f.it, { scopes: ['forward'] });
    expect((await send(name, {}, other)).body.id).not.toBe(sent.body.id);
  });

  test('forgets a name after a day', async () => {
    const name = randomUUID();
    await send(name);
    f.it.time.now += 24 * 60 * 60 * 1000;
    await runWorkerRound(f.it.vault);
    expect((await send(name)).status).toBe(200);
    expect(f.gateway.heard).toHaveLength(2);
  });

  test('attacks: whoever waits for less than a destination may take closes it to nobody', async () => {
    f.gateway.answers(() => {});
    for (let n = 0; n < 6; n += 1)
      expect((await send(randomUUID(), { timeoutMs: 100 })).status).toBe(502);
    f.gateway.answers((response) => response.end(WELL));
    expect((await send(randomUUID())).status).toBe(200);
  });

  test('hands on an answer of any status', async () => {
    f.gateway.answers((response) => {
      response.writeHead(402, { location: '/elsewhere', 'x-internal': 'secret' }).end('declined');
    });
    const answer = await send(randomUUID());
    expect(answer.status).toBe(200);
    expect(answer.body).toMatchObject({
      ...{ status: 402, body: 'declined', headers: { location: '/elsewhere' }, withheld: null },
    });
    expect(answer.raw.body).not.toContain('x-internal');
  });

  test.each([
    ['cut off', 'connection_lost', (end: () => void) => end()],
    ['not answered', 'deadline', () => {}],
  ])(
    'says that nobody knows, of one that is %s; and never sends it again',
    async (_name, reason, act) => {
      f.gateway.answers((_response, _heard, request) => act(() => request.socket.destroy()));
      const destination = await f.approve();
      const name = randomUUID();
      const first = await send(name, { destination, timeoutMs: 300 });
      expect([first.status, first.body['code'], first.body['retryable']]).toStrictEqual([
        ...[502, 'forward_unknown', false],
      ]);
      f.gateway.answers((response) => response.end(WELL));
      const again = await send(name, { destination, timeoutMs: 300 });
      expect([again.status, again.body['code']]).toStrictEqual([502, 'forward_unknown']);
      expect(f.gateway.heard).toHaveLength(1);
      const { id, state } = await rowOf();
      expect(state).toBe('unknown');
      expect(await outcomes(id)).toStrictEqual([
        ['forward.intent', `key:${f.key.slice(8, 16)}`, `${destination} number`],
        ['forward.outcome', `key:${f.key.slice(8, 16)}`, `unknown ${reason}`],
      ]);
    },
  );

  test('says that nothing was sent, where nothing was, and then sends under the same name', async () => {
    const name = randomUUID();
    const path = '/v1/charges';
    // Nobody listens there, and the rules let it through: a port of the gateway's own that it has left.
    const elsewhere = await f.approve({ host: 'nowhere.invalid', port: 443 });
    const first = await send(name, { destination: elsewhere, path });
    expect([first.status, first.body['code'], first.body['retryable']]).toStrictEqual([
      ...[503, 'forward_not_sent', true],
    ]);
    const { id, state } = await rowOf();
    expect(state).toBe('not_sent');
    expect((await outcomes(id)).at(-1)?.[2]).toMatch(/^not_sent /);
    // The name is free again.
    expect((await send(name)).status).toBe(200);
  });

  test.each([
    ['was kept', true],
    ['was not', false],
  ])(
    'sends nothing where it cannot tell whether the intent %s, and leaves the name free',
    async (_what, isKept) => {
      const { sql } = f.it.vault;
      const transaction = sql.transaction.bind(sql);
      const lost = vi.spyOn(sql, 'transaction').mockImplementationOnce(async (scope, work) => {
        if (isKept) await transaction(scope, work);
        throw new Error('Connection terminated unexpectedly');
      });
      const name = randomUUID();
      const refused = await send(name);
      lost.mockRestore();
      expect([refused.status, refused.body['code']]).toStrictEqual([503, 'service_unavailable']);
      expect(f.gateway.heard).toHaveLength(0);
      const { id, state } = await rowOf();
      expect(state).toBe(isKept ? 'not_sent' : undefined);
      const said = (await outcomes(id)).map(([action = '', , words]) => [action, words]);
      expect(said.filter(([action]) => action === 'forward.outcome')).toStrictEqual(
        isKept ? [['forward.outcome', 'not_sent outage']] : [],
      );
      expect((await send(name)).status).toBe(200);
      expect(f.gateway.heard).toHaveLength(1);
    },
  );

  test('gives a destination a rest that has failed five times in a row, and tries it again', async () => {
    f.gateway.answers((_response, _heard, request) => request.socket.destroy());
    const destination = await f.approve();
    const codes: unknown[] = [];
    for (let n = 0; n < 7; n += 1)
      codes.push((await send(randomUUID(), { destination })).body['code']);
    expect(codes).toStrictEqual([
      ...Array.from({ length: 5 }, () => 'forward_unknown'),
      ...['forward_not_sent', 'forward_not_sent'],
    ]);
    expect(f.gateway.heard).toHaveLength(5);
    const rested = await send(randomUUID(), { destination });
    expect(rested.raw.headers['retry-after']).toBe('10');
    // Another is not given one.
    f.gateway.answers((response) => response.end(WELL));
    expect((await send(randomUUID())).status).toBe(200);
    f.it.time.now += 10_000;
    expect((await send(randomUUID(), { destination })).status).toBe(200);
    expect((await send(randomUUID(), { destination })).status).toBe(200);
  });

  test('reports an intent without an outcome, a minute after its time: worker, or whoever asks again', async () => {
    const orphan = async (name: string) => {
      const { id } = (await send(name)).body;
      // As a process leaves it that dies between the two.
      await f.it.vault.sql.owner.query(
        "UPDATE forwards SET state = 'under_way', answer = NULL, data_key_id = NULL WHERE forward_id = $1",
        [id],
      );
      return id;
    };
    const [asked, silent] = [randomUUID(), randomUUID()];
    const first = await orphan(asked);
    const second = await orphan(silent);
    f.it.time.now += 21_000;
    expect((await send(asked)).body['code']).toBe('forward_unknown');
    expect((await outcomes(first)).at(-1)).toStrictEqual([
      ...['forward.outcome', `key:${f.key.slice(8, 16)}`, 'unknown overdue'],
    ]);
    await runWorkerRound(f.it.vault);
    expect(await outcomes(second)).toHaveLength(2);
    f.it.time.now += 60_000;
    await runWorkerRound(f.it.vault);
    expect((await outcomes(second)).at(-1)).toStrictEqual([
      ...['forward.outcome', 'worker', 'unknown overdue'],
    ]);
    // Once.
    await runWorkerRound(f.it.vault);
    expect(await outcomes(second)).toHaveLength(3);
    expect((await send(silent)).body['code']).toBe('forward_unknown');
    expect(f.gateway.heard).toHaveLength(2);
    expect(f.it.lines.join('')).toContain('nobody knows what came of them');
  });

  test('keeps answers and records readable over a rotation of data keys', async () => {
    const name = randomUUID();
    const first = await send(name);
    const turn = await rotateDataKey(f.it.vault, f.it.merchant.tenant, () => {});
    expect(turn?.unreadable).toStrictEqual([]);
    expect(turn?.left).toBe(0);
    expect((await send(name)).body.id).toBe(first.body.id);
    expect((await send(randomUUID())).status).toBe(200);
  });

  test('withholds what it cannot look through, and takes out what comes back', async () => {
    const answers: [(end: (text: Buffer | string, headers?: object) => void) => void, object][] = [
      [
        (end) => end(Buffer.from([0x1f, 0x8b]), { 'content-encoding': 'gzip' }),
        { withheld: 'encoding', body: null },
      ],
      [(end) => end(Buffer.from([0xff, 0xfe])), { withheld: 'not_utf8', body: null }],
      [(end) => end('{"card":"4242 4242 4242 4242"}'), { withheld: null, scrubbed: true }],
      [(end) => end('ok', { 'request-id': '4242424242424242' }), { scrubbed: true }],
    ];
    for (const [act, expected] of answers) {
      f.gateway.answers((response) =>
        act((text, headers = {}) => response.writeHead(200, { ...headers }).end(text)),
      );
      const answer = await send(randomUUID());
      expect(answer.body).toMatchObject(expected);
      expect(answer.raw.body).not.toMatch(/4242 ?4242/);
    }
    expect(f.it.lines.join('')).toContain('card data back');
    const [entry] = await f.it.vault.sql.owner.query(
      "SELECT FROM audit_entries WHERE action = 'forward.outcome' AND outcome LIKE '% answered 200 echo'",
    );
    expect(entry).toBeDefined();
  });

  test('says unknown of an answer that is too large', async () => {
    const destination = await f.approve({ maxAnswerBytes: 10 });
    f.gateway.answers((response) => response.end('x'.repeat(11)));
    expect((await send(randomUUID(), { destination })).body['code']).toBe('forward_unknown');
    f.gateway.answers((response) => response.end('x'.repeat(10)));
    expect((await send(randomUUID(), { destination })).body['body']).toBe('x'.repeat(10));
  });

  test('keeps neither name, contents, answer nor credentials in clear', async () => {
    const rows = [
      ...(await f.it.vault.sql.owner.query('SELECT * FROM forwards')),
      ...(await f.it.vault.sql.owner.query('SELECT * FROM destinations')),
    ];
    expect(rows.length).toBeGreaterThan(3);
    const text = rows
      .flatMap((row) => Object.values(row))
      .map((value) =>
        value instanceof Uint8Array ? Buffer.from(value).toString('latin1') : String(value),
      )
      .join('\n');
    expect(text).not.toMatch(/ch_1|4242|localhost|charges/);
    expect(text).not.toContain(CREDENTIALS.secretKey);
    expect(f.it.lines.join('')).not.toMatch(/4242424242424242|gw_secret/);
  });
});
