import { RevealReplyPlaintext } from '@hushfield/contract/http';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ask, keyOf } from '../../test/backend.ts';
import { ENGINES } from '../../test/engines.ts';
import {
  post,
  readReply,
  receiveKey,
  sealedRequest,
  sealFor,
  ticketFor,
  tokenize,
} from '../../test/sealed-request.ts';
import { type TestVault, testVault } from '../../test/test-vault.ts';
import { insertTextPolicy } from '../tokens/text-policies.ts';
import { purgeGrants } from './grant-store.ts';

const CARD = { number: '4242424242424242', expMonth: 12, expYear: 2030, name: 'Zoë Ångström' };
const RULE = { alphabet: 'printable', minLength: 5, maxLength: 20 } as const;

describe.each(ENGINES)('grants to show what a token stands for on %s', (engine) => {
  let it: TestVault;
  let key: string;
  let card: string;
  beforeAll(async () => {
    it = await testVault({ engine });
    key = await keyOf(it, { scopes: ['grants:write', 'tokens:write', 'tokens:delete'] });
    card = (await ask(it, key, 'POST', '/v1/tokens', { body: CARD })).body['id'];
  }, 60_000);
  afterAll(() => it.close());

  const make = (wish: object = {}) =>
    ask(it, key, 'POST', '/v1/grants', {
      body: {
        ...{ purpose: 'reveal', token: card, redaction: 'plain' },
        origins: [it.config.shopOrigin],
        ...wish,
      },
    });
  const grant = async (wish: object = {}) => {
    const { status, body, raw } = await make(wish);
    if (status !== 201) throw new Error(raw.body);
    return String(body['grant']);
  };
  const use = async (text: string, change: object = {}) => {
    const { sealed, body } = await sealedRequest(it, { ...change, card: { grant: text } });
    const answer = await post(it, body);
    expect(answer.statusCode).toBe(200);
    return RevealReplyPlaintext.parse(readReply(sealed, answer.body));
  };
  const REFUSED = { ok: false, error: { code: 'not_found' } };

  test('show it once, in the seal, and leave an entry', async () => {
    const text = await grant({ fields: ['number', 'expiry', 'name'], shownFor: 20 });
    const shown = {
      seconds: 20,
      lines: [
        { field: 'number', text: CARD.number },
        { field: 'expiry', text: '12 / 30' },
        { field: 'name', text: CARD.name },
      ],
    };
    expect(await use(text)).toMatchObject({ ok: true, token: { id: card, revealed: true, shown } });
    const [entry] = await it.vault.sql.owner.query(
      "SELECT actor, outcome, resource FROM audit_entries WHERE action = 'token.reveal'",
    );
    expect(entry).toMatchObject({ outcome: 'plain', resource: card });
    expect(await use(text)).toMatchObject(REFUSED);
  });

  test.each([
    ['masked', ['number'], '424242******4242'],
    ['last4', ['number'], '4242'],
  ])('show no more than their redaction: %s', async (redaction, fields, text) => {
    const reply = await use(await grant({ redaction, fields }));
    expect(reply).toMatchObject({ token: { shown: { lines: [{ field: 'number', text }] } } });
    expect(JSON.stringify(reply)).not.toContain('4242424242424242');
  });

  test('show the number alone where no fields are named', async () => {
    const reply = await use(await grant());
    expect(reply).toMatchObject({ token: { shown: { lines: [{ field: 'number' }] } } });
  });

  test('show accounts and texts whole', async () => {
    const { tenant } = it.merchant;
    await insertTextPolicy(it.vault.sql.as('admin'), tenant, { name: 'id', ...RULE }, new Date());
    const secrets = [
      [{ iban: 'DE89370400440532013000' }, ['iban']],
      [
        { routingNumber: '110000000', accountNumber: '000123456789' },
        ['routingNumber', 'accountNumber'],
      ],
      [{ policy: 'id', text: 'K1-7734' }, ['text']],
    ] as const;
    for (const [plain, fields] of secrets) {
      const made = await tokenize(it, { card: plain });
      const token = made.ok ? made.token.id : '';
      const reply = await use(await grant({ token }));
      const lines = reply.ok ? reply.token.shown.lines.map(({ field }) => field) : [];
      expect(lines).toStrictEqual(fields);
    }
  });

  test('never a security code, whatever is asked for', async () => {
    expect((await make({ fields: ['cvc'] })).status).toBe(400);
  });

  test.each([
    ['fields that the redaction hides', { redaction: 'last4', fields: ['name'] }, 400],
    ['a page of nobody', { origins: ['https://evil.example'] }, 403],
    ['a token of nobody', { token: 'tok_test_' + 'A'.repeat(28) }, 404],
    ['another purpose', { purpose: 'forward' }, 400],
    ['too long a life', { expiresIn: 3_601 }, 400],
  ])('are not made for %s', async (_what, wish, status) => {
    expect((await make(wish)).status).toBe(status);
  });

  test('are made by no key that may not make them', async () => {
    const other = await keyOf(it, { scopes: ['tokens:read', 'tokens:reveal', 'tokens:write'] });
    const wish = {
      purpose: 'reveal',
      token: card,
      redaction: 'last4',
      origins: [it.config.shopOrigin],
    };
    expect((await ask(it, other, 'POST', '/v1/grants', { body: wish })).status).toBe(403);
  });

  test('answer the same bytes once more, others never', async () => {
    const text = await grant();
    const ticket = await ticketFor(it);
    const frame = { ticket, parentOrigin: it.config.shopOrigin, key: await receiveKey(it) };
    const { sealed, body } = await sealFor(frame, { card: { grant: text } });
    const lost = await post(it, body);
    const again = await post(it, body);
    expect(lost.statusCode).toBe(200);
    expect(readReply(sealed, again.body)).toMatchObject({ ok: true, token: { id: card } });
    const other = await sealFor(frame, { card: { grant: await grant() } });
    expect((await post(it, other.body)).statusCode).toBe(409);
    it.time.now += 61_000;
    expect(await use(text)).toMatchObject(REFUSED);
  });

  test('answer the same bytes that come several times at once, each time', async () => {
    const text = await grant();
    const { body } = await sealedRequest(it, { card: { grant: text } });
    it.time.now += 1_000;
    const answers = await Promise.all([1, 2, 3, 4].map(() => post(it, body)));
    expect(answers.map(({ statusCode }) => statusCode)).toStrictEqual([200, 200, 200, 200]);
    const refused = await it.vault.sql.owner.query(
      "SELECT 1 FROM audit_entries WHERE action = 'token.reveal' AND outcome = 'not_found' AND at = $1",
      [new Date(it.time.now)],
    );
    expect(refused).toStrictEqual([]);
  });

  test('are used by one of two who bring one at once', async () => {
    const text = await grant();
    const replies = await Promise.all([use(text), use(text), use(text)]);
    expect(replies.filter(({ ok }) => ok)).toHaveLength(1);
  });

  test('are no good when they are wrong, over, or of a token that is gone', async () => {
    const text = await grant();
    const wrong = text.slice(0, -1) + (text.endsWith('A') ? 'B' : 'A');
    expect(await use(wrong)).toMatchObject(REFUSED);
    const over = await grant({ expiresIn: 30 });
    it.time.now += 31_000;
    expect(await use(over)).toMatchObject(REFUSED);
    const { body } = await ask(it, key, 'POST', '/v1/tokens', { body: CARD });
    const gone = await grant({ token: body['id'] });
    await ask(it, key, 'DELETE', `/v1/tokens/${body['id']}`);
    expect(await use(gone)).toMatchObject(REFUSED);
  });

  test('are no good in another page of the merchant', async () => {
    const other = 'https://other.example';
    const text = await grant();
    const ticket = await ticketFor(it, { origins: [it.config.shopOrigin, other] });
    expect(await use(text, { ticket, parentOrigin: other })).toMatchObject(REFUSED);
    expect(await use(text)).toMatchObject({ ok: true });
  });

  test('lie in the database as nothing that could be used, and are forgotten a day later', async () => {
    const text = await grant();
    const rows = await it.vault.sql.owner.query('SELECT * FROM grants');
    expect(JSON.stringify(rows) + it.lines.join()).not.toContain(text.split('.')[1]);
    await purgeGrants(it.vault.sql.as('worker'), new Date(it.time.now + 90_000_000));
    expect(await it.vault.sql.owner.query('SELECT 1 FROM grants')).toStrictEqual([]);
  });
});
