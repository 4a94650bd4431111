import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ask, keyOf, otherTenant } from '../../test/backend.ts';
import { ENGINES } from '../../test/engines.ts';
import { openCode } from '../../test/open-code.ts';
import { GOOD, tokenize } from '../../test/sealed-request.ts';
import { type TestVault, testVault } from '../../test/test-vault.ts';

/*
 * A thief who may write to the database wants cards without a key: he moves envelopes to where one of
 * his own requests reads them, or makes the vault take one column for another.
 */
describe.each(ENGINES)('a database whose rows were moved, on %s', (engine) => {
  let it: TestVault;
  let keys: Record<'own' | 'other', string>;
  beforeAll(async () => {
    it = await testVault({ engine });
    const tenant = await otherTenant(it);
    keys = {
      own: await keyOf(it, { scopes: ['tokens:reveal'] }),
      other: await keyOf(it, { tenant, scopes: ['tokens:reveal'] }),
    };
  }, 60_000);
  afterAll(() => it.close());

  const make = async (whose: keyof typeof keys, number: string) => {
    const body = { number, expMonth: 12, expYear: 2030 };
    const headers = { 'idempotency-key': `${number}-${Math.random()}` };
    const answer = await ask(it, keys[whose], 'POST', '/v1/tokens', { body, headers });
    return answer.body.id;
  };
  const reveal = (whose: keyof typeof keys, id: string) =>
    ask(it, keys[whose], 'POST', `/v1/tokens/${id}/reveal`, { body: { redaction: 'plain' } });
  const write = (text: string, values: string[]) => it.vault.sql.owner.query(text, values);

  const MOVES: Readonly<Record<string, (victim: string, mine: string) => Promise<unknown>>> = {
    'the envelope alone': (victim, mine) =>
      write(
        'UPDATE cards SET envelope = (SELECT envelope FROM cards WHERE token_id = $1) WHERE token_id = $2',
        [victim, mine],
      ),
    'envelope and data key id': (victim, mine) =>
      write(
        `UPDATE cards SET envelope = v.envelope, data_key_id = v.data_key_id, schema_version = v.schema_version
         FROM (SELECT * FROM cards WHERE token_id = $1) v WHERE cards.token_id = $2`,
        [victim, mine],
      ),
    'the whole row under another id': async (victim, mine) => {
      await write('DELETE FROM cards WHERE token_id = $1', [mine]);
      await write(
        `INSERT INTO cards SELECT t.tenant, t.token_id, c.envelope, c.data_key_id, c.schema_version
         FROM tokens t, cards c WHERE t.token_id = $2 AND c.token_id = $1`,
        [victim, mine],
      );
    },
    'an answer in the place of a card': (_victim, mine) =>
      write(
        'UPDATE cards SET envelope = (SELECT answer FROM idempotent_answers WHERE resource = $1) WHERE token_id = $1',
        [mine],
      ),
    'a byte of it': (_victim, mine) =>
      write(
        'UPDATE cards SET envelope = set_byte(envelope, length(envelope) - 1, get_byte(envelope, length(envelope) - 1) # 1) WHERE token_id = $1',
        [mine],
      ),
  };

  test.each(
    Object.keys(MOVES).flatMap((move) => [
      [move, 'own', 'own'] as const,
      [move, 'own', 'other'] as const,
    ]),
  )(
    'attacks: opens no card after %s was moved from %s to %s, and says so in the log',
    async (move, from, to) => {
      const victim = await make(from, '5555555555554444');
      const mine = await make(to, '4242424242424242');
      expect((await reveal(to, mine)).body.number).toBe('4242424242424242');
      await MOVES[move]?.(victim, mine);
      const before = it.lines.length;
      const { status, body, raw } = await reveal(to, mine);
      expect([status, body.code]).toStrictEqual([500, 'service_unavailable']);
      expect(raw.body).not.toMatch(/\d{12}/);
      const said = it.lines.slice(before).join('');
      expect(said).toContain('does not open where it lies');
      expect(said).toContain(mine);
    },
  );

  test('attacks: reads no card of a token that was given to another tenant', async () => {
    const victim = await make('own', '5555555555554444');
    const [row] = await write('SELECT tenant FROM api_keys WHERE key_id = $1', [
      keys.other.slice(8, 16),
    ]);
    for (const table of ['tokens', 'cards']) {
      await write(`UPDATE ${table} SET tenant = $2 WHERE token_id = $1`, [
        victim,
        String(row?.tenant),
      ]);
    }
    expect((await reveal('other', victim)).status).toBe(500);
    expect((await reveal('own', victim)).status).toBe(404);
  });

  const CODE_MOVES: Readonly<Record<string, (victim: string, mine: string) => Promise<unknown>>> = {
    'the envelope alone': (victim, mine) =>
      write(
        `UPDATE security_codes SET envelope = (SELECT envelope FROM security_codes WHERE token_id = $1)
         WHERE token_id = $2`,
        [victim, mine],
      ),
    'the whole row': async (victim, mine) => {
      await write('DELETE FROM security_codes WHERE token_id = $1', [mine]);
      await write('UPDATE security_codes SET token_id = $2 WHERE token_id = $1', [victim, mine]);
    },
    'a row under another tenant': (_victim, mine) =>
      write(`UPDATE security_codes SET tenant = 'ten_' || repeat('O', 22) WHERE token_id = $1`, [
        mine,
      ]),
    'a card': (_victim, mine) =>
      write(
        `UPDATE security_codes SET envelope = (SELECT envelope FROM cards WHERE token_id = $1)
         WHERE token_id = $1`,
        [mine],
      ),
    'its key’s id': async (_victim, mine) => {
      await write(
        `INSERT INTO code_keys SELECT now() - interval '9 days', 'other', wrapped FROM code_keys`,
        [],
      );
      await write(`UPDATE security_codes SET code_key_id = 'other' WHERE token_id = $1`, [mine]);
    },
  };

  test.each(Object.keys(CODE_MOVES))(
    'attacks: opens no security code after %s was moved',
    async (move) => {
      const replies = [await tokenize(it), await tokenize(it, { card: { ...GOOD, cvc: '321' } })];
      const [victim = '', mine = ''] = replies.map((reply) => (reply.ok ? reply.token.id : ''));
      expect(await openCode(it, mine)).toBe('321');
      await CODE_MOVES[move]?.(victim, mine);
      await expect(openCode(it, mine)).rejects.toThrow();
    },
  );

  test('attacks: answers no request again from an answer that was moved', async () => {
    const body = { number: '4242424242424242', expMonth: 12, expYear: 2030 };
    const send = (name: string, extra = {}) =>
      ask(it, keys.own, 'POST', '/v1/tokens', {
        body: { ...body, ...extra },
        headers: { 'idempotency-key': name },
      });
    const [first, second] = [
      await send('one', { customer: 'a' }),
      await send('two', { customer: 'b' }),
    ];
    await write(
      `UPDATE idempotent_answers SET answer = (SELECT answer FROM idempotent_answers WHERE resource = $1)
       WHERE resource = $2`,
      [first.body.id, second.body.id],
    );
    expect((await send('two', { customer: 'b' })).status).toBe(500);
  });
});
