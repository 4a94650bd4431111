import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ask, keyOf } from '../../test/backend.ts';
import { ENGINES } from '../../test/engines.ts';
import { sessionFor } from '../../test/sessions.ts';
import {
  collectCode,
  openReply,
  post,
  sealedRequest,
  ticketFor,
  tokenize,
} from '../../test/sealed-request.ts';
import { type TestVault, testVault } from '../../test/test-vault.ts';
import { rotateDataKey } from '../rotation/rotate-data-keys.ts';
import { rotateFingerprints } from '../rotation/rotate-fingerprints.ts';
import { deleteTextPolicy, insertTextPolicy } from './text-policies.ts';

const IBAN = { iban: 'DE89370400440532013000' };
const ACCOUNT = { routingNumber: '110000000', accountNumber: '000123456789' };
const TEXT = { policy: 'national-id', text: 'K1-7734-9901' };
const ABOUT = {
  iban: { type: 'iban', iban: { country: 'DE', last4: '3000' } },
  account: { type: 'bank_account', bankAccount: { country: 'US', last4: '6789' } },
  text: { type: 'text', text: { policy: 'national-id' } },
};
const RULE = { alphabet: 'printable', minLength: 5, maxLength: 20 } as const;
const quiet = () => {};

describe.each(ENGINES)('accounts and texts on %s', (engine) => {
  let it: TestVault;
  let key: string;
  beforeAll(async () => {
    it = await testVault({ engine });
    key = await keyOf(it, { scopes: ['tokens:read', 'tokens:reveal', 'tokens:delete'] });
  }, 60_000);
  afterAll(() => it.close());

  const addRule = (name: string) =>
    insertTextPolicy(it.vault.sql.as('admin'), it.merchant.tenant, { name, ...RULE }, new Date());
  const made = (card: object) => tokenize(it, { card });
  const idOf = async (card: object) => {
    const reply = await made(card);
    if (!reply.ok) throw new Error(JSON.stringify(reply));
    return reply.token.id;
  };
  const reveal = async (id: string, redaction: string) =>
    (await ask(it, key, 'POST', `/v1/tokens/${id}/reveal`, { body: { redaction } })).body;

  test.each([
    ['an IBAN', IBAN, ABOUT.iban],
    ['an account', ACCOUNT, ABOUT.account],
    ['a text', TEXT, ABOUT.text],
  ])('%s becomes a token of its type, and is shown as one', async (_what, plain, about) => {
    const reply = await made(plain);
    expect(reply).toMatchObject({ ok: true, token: about });
    const id = reply.ok ? reply.token.id : '';
    const { body, status } = await ask(it, key, 'GET', `/v1/tokens/${id}`);
    expect(status).toBe(200);
    expect(body).toMatchObject({ ...about, cvcExpiresAt: null, customer: null });
    expect(JSON.stringify([reply, body])).not.toMatch(/0532013|00012345|7734/);
  });

  test('is one answer for the same bytes, and another for others', async () => {
    const ticket = await ticketFor(it);
    const request = await sealedRequest(it, { card: IBAN, ticket });
    const tokens = async () =>
      Number((await it.vault.sql.owner.query('SELECT count(*) AS n FROM tokens'))[0]?.['n']);
    const before = await tokens();
    const lost = await post(it, request.body);
    const again = await post(it, request.body);
    expect([lost.statusCode, again.statusCode]).toStrictEqual([200, 200]);
    expect(openReply(request.sealed, again.body)).toMatchObject({ ok: true, token: ABOUT.iban });
    expect(await tokens()).toBe(before + 1);
    const other = await sealedRequest(it, { card: { iban: 'GB29NWBK60161331926819' }, ticket });
    expect((await post(it, other.body)).statusCode).toBe(409);
  });

  test('takes as many signs as its rule says, of any plane, in a request of the one size', async () => {
    const wide = { name: 'wide', alphabet: 'text', minLength: 1, maxLength: 100 } as const;
    await insertTextPolicy(it.vault.sql.as('admin'), it.merchant.tenant, wide, new Date());
    const text = '\u{1f511}'.repeat(100);
    expect(await reveal(await idOf({ policy: 'wide', text }), 'plain')).toMatchObject({ text });
    const more = await made({ policy: 'wide', text: 'x'.repeat(101) });
    expect(more).toMatchObject({ ok: false, error: { code: 'invalid_text' } });
  });

  test('lies sealed: no row, no column and no log line holds any of it', async () => {
    for (const plain of [IBAN, ACCOUNT, TEXT]) await idOf(plain);
    const rows = await it.vault.sql.owner.query(
      'SELECT t.*, c.* FROM tokens t JOIN cards c USING (tenant, token_id)',
    );
    expect(rows.length).toBeGreaterThanOrEqual(3);
    const seen = rows.map((row) => JSON.stringify(row)).join() + it.lines.join();
    expect(seen).not.toMatch(/0532013|00012345|7734/);
    expect(seen).not.toContain(Buffer.from('0532013').toString('hex'));
  });

  test.each([
    ['a wrong check digit', { iban: 'DE88370400440532013000' }, 'invalid_iban', 'iban'],
    ['a country that has none', { iban: 'US89370400440532013000' }, 'invalid_iban', 'iban'],
    [
      'a wrong routing number',
      { ...ACCOUNT, routingNumber: '110000001' },
      'invalid_routing_number',
      'routingNumber',
    ],
    ['a rule that is not there', { ...TEXT, policy: 'diary' }, 'invalid_text', 'text'],
    ['a text too short', { ...TEXT, text: 'K1-7' }, 'invalid_text', 'text'],
    ['a text of other signs', { ...TEXT, text: 'K1-ß7734' }, 'invalid_text', 'text'],
    ['space at an end', { ...TEXT, text: 'K1-7734 ' }, 'invalid_text', 'text'],
    ['a card number in a text', { ...TEXT, text: '4242424242424242' }, 'invalid_text', 'text'],
    ['one with its expiry', { ...TEXT, text: '4242424242424242 1' }, 'invalid_text', 'text'],
    ['one with spaces', { ...TEXT, text: '4242 4242 4242 4242' }, 'invalid_text', 'text'],
  ])('refuses %s', async (_what, card, code, field) => {
    expect(await made(card)).toMatchObject({ ok: false, error: { code, field } });
  });

  test.each([
    ['two kinds at once', { ...IBAN, ...TEXT }],
    ['a card and an IBAN', { ...IBAN, number: '4242424242424242', expMonth: 12, expYear: 2030 }],
    ['a code with an IBAN', { ...IBAN, cvc: '123' }],
    ['a text without a rule', { text: 'K1-7734-9901' }],
    ['half an account', { accountNumber: '000123456789' }],
    ['a text beyond any rule', { ...TEXT, text: 'x'.repeat(201) }],
  ])('does not even read %s', async (_what, card) => {
    const { body } = await sealedRequest(it, { card });
    expect((await post(it, body)).statusCode).toBe(400);
  });

  test.each([
    ['an IBAN', IBAN, ABOUT.iban],
    ['an account', ACCOUNT, ABOUT.account],
    ['a text', TEXT, ABOUT.text],
  ])(
    '%s that a backend holds becomes one too, under the same rules',
    async (_what, plain, about) => {
      const own = await keyOf(it, { scopes: ['tokens:write'] });
      const owned = { customer: 'c-7', metadata: { order: 'o-1' }, expiresAt: null };
      const answer = await ask(it, own, 'POST', '/v1/tokens', { body: { ...plain, ...owned } });
      const { status, body } = answer;
      expect(status).toBe(201);
      expect(body).toMatchObject({ ...about, ...owned, cvcExpiresAt: null });
      const {
        object: _object,
        id,
        redaction: _redaction,
        ...shown
      } = await reveal(body.id, 'plain');
      expect([id, shown]).toStrictEqual([body.id, plain]);
      const [row] = await it.vault.sql.owner.query('SELECT class FROM cards WHERE token_id = $1', [
        id,
      ]);
      expect(row).toStrictEqual({ class: 'text' in plain ? 'secret' : 'bank' });
    },
  );

  test.each([
    ['a wrong check digit', { iban: 'DE88370400440532013000' }, 422, 'invalid_iban'],
    [
      'a wrong routing number',
      { ...ACCOUNT, routingNumber: '110000001' },
      422,
      'invalid_routing_number',
    ],
    ['a rule that is not there', { ...TEXT, policy: 'diary' }, 422, 'invalid_text'],
    ['a card number in a text', { ...TEXT, text: '4242 4242 4242 4242' }, 422, 'invalid_text'],
    ['two kinds at once', { ...IBAN, ...TEXT }, 400, 'invalid_request'],
    ['a code with an IBAN', { ...IBAN, cvc: '123' }, 400, 'invalid_request'],
    ['half an account', { accountNumber: '000123456789' }, 400, 'invalid_request'],
  ])('attacks: takes from no backend %s', async (_what, body, status, code) => {
    const answer = await ask(it, it.merchant.secretKey, 'POST', '/v1/tokens', { body });
    expect(answer).toMatchObject({ status, body: { code } });
  });

  test('a session that speaks of cards lets no page make anything else', async () => {
    for (const terms of [{ brands: ['visa'] }, { fields: ['cvc'] }]) {
      const session = await sessionFor(it, terms);
      const reply = await tokenize(it, { card: IBAN, session });
      expect(reply).toMatchObject({ ok: false, error: { code: 'policy_denied' } });
    }
    const session = await sessionFor(it, { customer: 'c-9' });
    const reply = await tokenize(it, { card: IBAN, session });
    expect(reply).toMatchObject({ ok: true });
  });

  test('a rule that was ended ends at once; what was typed under it stays', async () => {
    await addRule('gone');
    const id = await idOf({ ...TEXT, policy: 'gone' });
    await deleteTextPolicy(it.vault.sql.as('admin'), it.merchant.tenant, 'gone');
    expect(await made({ ...TEXT, policy: 'gone' })).toMatchObject({ ok: false });
    expect(await reveal(id, 'plain')).toMatchObject({ text: TEXT.text });
  });

  test('is given out as its redaction says', async () => {
    const [iban, account, text] = [await idOf(IBAN), await idOf(ACCOUNT), await idOf(TEXT)];
    expect(await reveal(iban, 'plain')).toMatchObject({ object: 'revealed_iban', ...IBAN });
    expect(await reveal(iban, 'masked')).toMatchObject({ iban: 'DE89**************3000' });
    expect(await reveal(iban, 'last4')).toMatchObject({ iban: '3000' });
    expect(await reveal(account, 'plain')).toMatchObject(ACCOUNT);
    expect(await reveal(account, 'masked')).toMatchObject({ accountNumber: '********6789' });
    expect(await reveal(text, 'plain')).toMatchObject({ object: 'revealed_text', ...TEXT });
    for (const redaction of ['masked', 'last4'])
      expect(await reveal(text, redaction)).toMatchObject({ text: '********' });
  });

  test('takes no security code', async () => {
    const reply = await collectCode(it, { token: await idOf(IBAN), cvc: '123' });
    expect(reply).toMatchObject({ ok: false, error: { code: 'not_found' } });
  });

  test('is recognised again, a text is not, nor one kind as another', async () => {
    const fingerprintOf = async (plain: object) =>
      (await ask(it, key, 'GET', `/v1/tokens/${await idOf(plain)}`)).body['fingerprint'];
    expect(await fingerprintOf(IBAN)).toBe(await fingerprintOf(IBAN));
    expect(await fingerprintOf(ACCOUNT)).toBe(await fingerprintOf(ACCOUNT));
    expect(await fingerprintOf(IBAN)).not.toBe(await fingerprintOf(ACCOUNT));
    expect(await fingerprintOf(TEXT)).toBeNull();
    const list = await ask(it, key, 'GET', `/v1/tokens?fingerprint=${await fingerprintOf(IBAN)}`);
    expect(JSON.stringify(list.body)).toContain('"country":"DE"');
  });

  test('goes with every rotation, and opens afterwards', async () => {
    const ids = [await idOf(IBAN), await idOf(ACCOUNT), await idOf(TEXT)];
    const { tenant } = it.merchant;
    const sealed = await rotateDataKey(it.vault, tenant, quiet);
    expect(sealed).toMatchObject({ unreadable: [], left: 0 });
    const renewed = await rotateFingerprints(it.vault, tenant, quiet);
    expect(renewed).toMatchObject({ unreadable: [], left: 0 });
    const [iban, account, text] = await Promise.all(ids.map((id) => reveal(id, 'plain')));
    expect(iban).toMatchObject(IBAN);
    expect(account).toMatchObject(ACCOUNT);
    expect(text).toMatchObject(TEXT);
  });

  test('opens as nothing but what it is', async () => {
    const id = await idOf(TEXT);
    const { owner } = it.vault.sql;
    const about = JSON.stringify({ country: 'DE', last4: '3000' });
    await owner.query(`UPDATE tokens SET type = 'iban', about = $2 WHERE token_id = $1`, [
      id,
      about,
    ]);
    expect(
      (await ask(it, key, 'POST', `/v1/tokens/${id}/reveal`, { body: { redaction: 'plain' } }))
        .status,
    ).toBe(500);
  });

  test('is deleted with its token', async () => {
    const id = await idOf(IBAN);
    expect((await ask(it, key, 'DELETE', `/v1/tokens/${id}`)).status).toBe(204);
    const rows = await it.vault.sql.owner.query('SELECT 1 FROM cards WHERE token_id = $1', [id]);
    expect(rows).toStrictEqual([]);
  });
});
