import { randomUUID } from 'node:crypto';
import { newId } from '@hushfield/crypto/token-id';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { ask, keyOf, otherTenant } from '../../test/backend.ts';
import { ENGINES } from '../../test/engines.ts';
import { type Forwarding, forwarding, SCOPES } from '../../test/forwarding.ts';

describe.each(ENGINES)('a key that needs grants, on %s', { timeout: 60_000 }, (engine) => {
  let f: Forwarding;
  let bound: string;
  let token: string;
  beforeAll(async () => {
    f = await forwarding(engine);
    bound = await keyOf(f.it, { kind: 'rk', scopes: ['forward'], forwardNeedsGrant: true });
    token = await f.card();
  }, 60_000);
  afterAll(() => f.close());
  beforeEach(() => {
    f.gateway.heard.length = 0;
    f.gateway.answers((response) => response.end('{}'));
  });

  const wish = (more: object = {}) => ({
    ...{ purpose: 'forward', token, destination: f.destination, fields: ['number'] },
    amount: { most: 1_000, currency: 'EUR' },
    ...more,
  });
  const granted = async (more: object = {}, key = f.key) => {
    const made = await ask(f.it, key, 'POST', '/v1/grants', { body: wish(more) });
    if (made.status !== 201) throw new Error(made.raw.body);
    return String(made.body['grant']);
  };
  const BODY = () => ({
    card: { number: `{{ ${token}.number }}` },
    amount: 1_000,
    currency: 'EUR',
  });
  const pay = (more: object, key = bound, name = randomUUID()) =>
    f.forward(
      { destination: f.destination, path: '/v1/charges', body: BODY(), ...more },
      { key, name },
    );
  const refused = async (more: object, key = bound) => {
    const { status, body } = await pay(more, key);
    expect([status, body['code'], body['field']]).toStrictEqual([403, 'policy_denied', 'grant']);
    expect(f.gateway.heard).toHaveLength(0);
  };

  test('sends what a grant allows, once; the trail names both', async () => {
    const grant = await granted();
    const sent = await pay({ grant });
    expect(sent.status).toBe(200);
    await f.it.vault.sql.owner.query('SELECT');
    const [entry] = await f.it.vault.sql.owner.query(
      "SELECT actor FROM audit_entries WHERE action = 'forward.intent' AND outcome LIKE $1 || '%'",
      [sent.body.id],
    );
    expect(entry?.['actor']).toBe(`key:${bound.slice(8, 16)}/${grant.slice(0, 26)}`);
    f.gateway.heard.length = 0;
    await refused({ grant });
  });

  test('tells the same again under its name, with the grant that is used', async () => {
    const [grant, name] = [await granted(), randomUUID()];
    const first = await pay({ grant }, bound, name);
    expect((await pay({ grant }, bound, name)).body.id).toBe(first.body.id);
    expect(f.gateway.heard).toHaveLength(1);
  });

  test('is as good as new where nothing was sent', async () => {
    const destination = await f.approve({ host: 'nowhere.invalid', port: 443 });
    const grant = await granted({ destination });
    const used = async () => {
      const rows = await f.it.vault.sql.owner.query(
        'SELECT used_at FROM grants WHERE grant_id = $1',
        [grant.slice(0, 26)],
      );
      return rows[0]?.['used_at'];
    };
    expect((await pay({ grant, destination })).body['code']).toBe('forward_not_sent');
    expect(await used()).toBeNull();
  });

  test('attacks: sends nothing without one, nor with what is none', async () => {
    await refused({});
    await refused({ grant: `${newId('gra')}.${'a'.repeat(32)}` });
    const grant = await granted();
    await refused({ grant: `${grant.slice(0, 27)}${'a'.repeat(32)}` });
    expect((await pay({ grant: `${grant} ` })).status).toBe(400);
    expect((await pay({ grant })).status).toBe(200);
  });

  test('attacks: opens no card for what is none', async () => {
    // Whoever opened this one would find that it does not open.
    const shut = await f.card();
    const text = 'UPDATE cards SET envelope = set_byte(envelope, 40, 255 - get_byte(envelope, 40))';
    await f.it.vault.sql.owner.query(`${text} WHERE token_id = $1`, [shut]);
    const body = { ...BODY(), card: { number: `{{ ${shut}.number }}` } };
    const grant = await granted({ token: shut });
    await refused({ grant: `${grant.slice(0, 27)}${'a'.repeat(32)}`, body });
    await refused({ grant, body: { ...body, amount: 1_001 } });
    expect((await pay({ grant, body })).status).toBe(500);
    await f.it.vault.sql.owner.query('UPDATE grants SET used_at = now(), used_by = $1', [
      Buffer.alloc(32),
    ]);
    await refused({ grant, body });
  });

  test('attacks: is used by one of many who bring it at once', async () => {
    const grant = await granted();
    const answers = await Promise.all(Array.from({ length: 6 }, () => pay({ grant })));
    const statuses = answers.map(({ status }) => status);
    expect(statuses.filter((status) => status === 200)).toHaveLength(1);
    expect(statuses.filter((status) => status === 403)).toHaveLength(5);
    expect(f.gateway.heard).toHaveLength(1);
  });

  test('attacks: is of one token, its parts, and nothing beside it', async () => {
    const other = await f.card();
    const number = (tok: string) => `{{ ${tok}.number }}`;
    const grant = await granted();
    const of = (card: object, more: object = {}) => ({ grant, body: { ...BODY(), card, ...more } });
    await refused(of({ number: number(other) }));
    await refused(of({ number: number(token), exp_month: `{{ ${token}.expMonth }}` }));
    const cards = { cards: [{ number: number(other) }] };
    await refused({ grant, body: { ...BODY(), ...cards } });
    await refused({ grant, body: { amount: 1, currency: 'EUR' } });
    const destination = await f.approve();
    await refused({ grant, destination });
    expect((await pay({ grant })).status).toBe(200);
  });

  test.each([
    ['too much', { amount: 1_001 }],
    ['another currency', { currency: 'USD' }],
    ['no amount', { amount: undefined }],
    ['no currency', { currency: undefined }],
    ['a text for an amount', { amount: '1000' }],
    ['a text with an exponent', { amount: '1e3' }],
    ['a text in hex', { amount: '0x10' }],
    ['half a unit', { amount: 999.5 }],
    ['less than nothing', { amount: -1 }],
    ['true for an amount', { amount: true }],
    ['null for an amount', { amount: null }],
    ['a currency with a space', { currency: 'EUR ' }],
    ['a currency of other letters', { currency: '\u0395UR' }],
    ['a number for a currency', { currency: 978 }],
  ])('attacks: charges no more than a grant allows: %s', async (_name, change) => {
    const grant = await granted();
    await refused({ grant, body: { ...BODY(), ...change } });
    expect((await pay({ grant, body: { ...BODY(), currency: 'eur', amount: 1 } })).status).toBe(
      200,
    );
  });

  test('attacks: ends, and is of its tenant and purpose', async () => {
    const grant = await granted({ expiresIn: 30 });
    f.it.time.now += 30_000;
    await refused({ grant });
    const shown = await ask(f.it, f.key, 'POST', '/v1/grants', {
      body: {
        ...{ purpose: 'reveal', token, redaction: 'plain' },
        origins: [f.it.config.shopOrigin],
      },
    });
    await refused({ grant: String(shown.body['grant']) });
    const tenant = await otherTenant(f.it);
    const theirs = await keyOf(f.it, { tenant, scopes: [...SCOPES] });
    const foreign = await ask(f.it, theirs, 'POST', '/v1/grants', { body: wish() });
    expect(foreign.status).toBe(404);
  });

  test('attacks: is made for no more than its destination takes, and by no key without the scope', async () => {
    const made = (body: object, key = f.key) => ask(f.it, key, 'POST', '/v1/grants', { body });
    expect((await made(wish({ destination: newId('dst') }))).status).toBe(404);
    const { amount: _amount, ...free } = { ...wish() };
    const silent = await f.approve({ fields: { number: ['/card/number'] }, amount: undefined });
    expect((await made(wish({ destination: silent }))).status).toBe(400);
    expect((await made({ ...free, destination: silent, fields: ['cvc'] })).status).toBe(400);
    expect((await made({ ...free, destination: silent })).status).toBe(201);
    expect((await made(wish(), bound)).status).toBe(403);
  });

  test('attacks: brings no text of a request into the trail as the destination that it was refused at', async () => {
    const { status } = await pay({ destination: 'dst_4242424242424242AAAAAA' });
    expect(status).toBe(404);
    const rows = await f.it.vault.sql.owner.query(
      "SELECT DISTINCT resource FROM audit_entries WHERE action = 'forward.refuse'",
    );
    expect(JSON.stringify(rows)).not.toContain('4242424242424242');
  });

  test('attacks: lets no key make another that needs none', async () => {
    const own = await keyOf(f.it, {
      scopes: ['forward', 'keys:manage'],
      forwardNeedsGrant: true,
    });
    const make = (body: object) => ask(f.it, own, 'POST', '/v1/api_keys', { body });
    const wider = await make({ kind: 'secret', scopes: ['forward'] });
    expect([wider.status, wider.body['code']]).toStrictEqual([403, 'policy_denied']);
    const same = await make({ kind: 'secret', scopes: ['forward'], forwardNeedsGrant: true });
    expect([same.status, same.body['forwardNeedsGrant']]).toStrictEqual([201, true]);
    const rolled = await ask(f.it, own, 'POST', `/v1/api_keys/${same.body.id}/roll`, {
      body: { overlap: 0 },
    });
    expect(rolled.body['forwardNeedsGrant']).toBe(true);
    const idle = await make({ kind: 'secret', forwardNeedsGrant: true });
    expect(idle.status).toBe(400);
  });

  test.each(['secret', 'restricted'])(
    'attacks: is no %s key that could make its own',
    async (kind) => {
      const own = await keyOf(f.it, { scopes: ['forward', 'grants:write', 'keys:manage'] });
      const make = (scopes: string[]) =>
        ask(f.it, own, 'POST', '/v1/api_keys', { body: { kind, scopes, forwardNeedsGrant: true } });
      const { status, body } = await make(['forward', 'grants:write']);
      expect([status, body['field']]).toStrictEqual([400, 'forwardNeedsGrant']);
      expect((await make(['forward'])).status).toBe(201);
    },
  );

  test('is used too where the key could do without', async () => {
    const grant = await granted();
    expect((await pay({ grant }, f.key)).status).toBe(200);
    f.gateway.heard.length = 0;
    await refused({ grant }, f.key);
    expect((await pay({}, f.key)).status).toBe(200);
  });
});
