import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { ask } from '../../test/backend.ts';
import { ENGINES } from '../../test/engines.ts';
import { expectProblem } from '../../test/expect-problem.ts';
import {
  claimsOf,
  openReply,
  post,
  sealedRequest,
  ticketFor,
  tokenize,
} from '../../test/sealed-request.ts';
import { NOON, type TestVault, testVault } from '../../test/test-vault.ts';

const SHARE = 20;

describe.each(ENGINES)('POST /v1/tickets/burn on %s', (engine) => {
  let it: TestVault;
  beforeAll(async () => {
    it = await testVault({ engine, environment: { LIMIT_BURNS_PER_ADDRESS: `${SHARE}/h` } });
  }, 60_000);
  afterAll(() => it.close());
  beforeEach(() => {
    it.time.now = NOON;
  });

  const burn = (
    ticket: string,
    change: object = {},
    origin = it.config.fieldsOrigin,
    remoteAddress = '127.0.0.1',
  ) =>
    it.api.inject({
      remoteAddress,
      method: 'POST',
      url: '/v1/tickets/burn',
      headers: { origin, 'content-type': 'application/json' },
      payload: {
        v: 1,
        ticket,
        parentOrigin: it.config.shopOrigin,
        reason: 'focus_lost',
        ...change,
      },
    });
  const burnt = async (ticket: string) =>
    it.vault.sql.owner.query(
      "SELECT actor, action, outcome, origin FROM audit_entries WHERE action = 'ticket.burn' AND resource = $1",
      [claimsOf(ticket).nonce],
    );

  test('leaves the ticket no attempt, keeps what was answered, and says so once in the trail', async () => {
    const ticket = await ticketFor(it);
    const first = await sealedRequest(it, { ticket, attempt: 1 });
    expect((await post(it, first.body)).statusCode).toBe(200);

    expect((await burn(ticket)).statusCode).toBe(204);
    const { attempts, key } = claimsOf(ticket);
    for (const attempt of [2, attempts]) {
      const { body } = await sealedRequest(it, { ticket, attempt });
      await expectProblem(it, body, 409, 'idempotency_conflict');
    }
    const again = openReply(first.sealed, (await post(it, first.body)).body);
    expect(again.ok).toBe(true);

    expect((await burn(ticket)).statusCode).toBe(204);
    expect(await burnt(ticket)).toStrictEqual([
      {
        actor: `key:${key}`,
        action: 'ticket.burn',
        outcome: 'focus_lost',
        origin: it.config.shopOrigin,
      },
    ]);
  });

  test('tells of it by the ticket, which is all that the frame has proved', async () => {
    const ticket = await ticketFor(it);
    await burn(ticket);
    const { body } = await ask(it, it.merchant.secretKey, 'GET', '/v1/events?type=session.blocked');
    const data = { ticket: claimsOf(ticket).nonce, session: null, reason: 'focus_lost' };
    expect(body['data']).toContainEqual(expect.objectContaining({ data }));
  });

  test('takes nothing from any other ticket', async () => {
    await burn(await ticketFor(it));
    expect((await tokenize(it, { ticket: await ticketFor(it) })).ok).toBe(true);
  });

  test('attacks: burns a ticket that comes again, and at once, without the database', async () => {
    const ticket = await ticketFor(it);
    await burn(await ticketFor(it));
    const asked = vi.spyOn(it.vault.sql, 'as');
    const answers = await Promise.all(Array.from({ length: 50 }, () => burn(ticket)));
    for (let n = 0; n < 50; n += 1) answers.push(await burn(ticket, { reason: 'focus_lost' }));
    // Its key, and the burning.
    expect(asked.mock.calls.length).toBeLessThanOrEqual(2);
    asked.mockRestore();
    const [first] = answers;
    const shape = ({ statusCode, headers, body }: Awaited<ReturnType<typeof burn>>) => ({
      ...{ statusCode, body },
      headers: { ...headers, date: '', 'x-request-id': '' },
    });
    expect(first?.statusCode).toBe(204);
    for (const answer of answers) expect(shape(answer)).toStrictEqual(first && shape(first));
    expect(await burnt(ticket)).toHaveLength(1);
  });

  test('attacks: burns so many tickets of a block of addresses, and no repeat is one of them', async () => {
    const from = (host: number) => `198.51.100.${host}`;
    const tickets: string[] = [];
    for (let n = 0; n < SHARE; n += 1) {
      tickets.push(await ticketFor(it));
      const again = [0, 1, 2].map(() => burn(tickets[n] ?? '', {}, undefined, from(n)));
      for (const { statusCode } of await Promise.all(again)) expect(statusCode).toBe(204);
    }
    const over = await ticketFor(it);
    const asked = vi.spyOn(it.vault.sql, 'as');
    const refused = await burn(over, {}, undefined, from(99));
    expect(refused.statusCode).toBe(429);
    expect(refused.json()).toMatchObject({ code: 'rate_limited' });
    expect(Number(refused.headers['retry-after'])).toBeGreaterThan(0);
    // What the counter says, once; then nothing.
    expect(asked.mock.calls.length).toBeLessThanOrEqual(2);
    asked.mockClear();
    for (let n = 0; n < 20; n += 1)
      expect((await burn(over, {}, undefined, from(n))).statusCode).toBe(429);
    expect(asked).not.toHaveBeenCalled();
    asked.mockRestore();
    expect(await burnt(over)).toStrictEqual([]);
    expect((await burn(tickets[0] ?? '', {}, undefined, from(1))).statusCode).toBe(204);
    // Refused is not burnt: it may be from elsewhere, and here in the next hour.
    expect((await burn(over, {}, undefined, '203.0.113.1')).statusCode).toBe(204);
    expect(await burnt(over)).toHaveLength(1);
  });

  const attacks: [string, (ticket: string) => ReturnType<typeof burn>, number][] = [
    ['another origin', (ticket) => burn(ticket, {}, 'https://evil.example'), 403],
    ['no ticket of ours', (ticket) => burn(`${ticket}x`), 401],
    [
      'a page that is not the ticket’s',
      (ticket) => burn(ticket, { parentOrigin: 'https://evil.example' }),
      403,
    ],
    ['another reason', (ticket) => burn(ticket, { reason: 'x' }), 400],
    ['a key too many', (ticket) => burn(ticket, { extra: 1 }), 400],
  ];
  test.each(attacks)('burns nothing for %s', async (_, attack, status) => {
    const ticket = await ticketFor(it);
    expect((await attack(ticket)).statusCode).toBe(status);
    expect(await burnt(ticket)).toStrictEqual([]);
  });
});
