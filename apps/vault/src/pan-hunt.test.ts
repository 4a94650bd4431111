import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { ask, keyOf } from '../test/backend.ts';
import { emptyEngine } from '../test/engines.ts';
import { CREDENTIALS, type Gateway, recordOf, startGateway } from '../test/gateway.ts';
import { GOOD, post, sealedRequest, tokenize } from '../test/sealed-request.ts';
import { type TestVault, testVault } from '../test/test-vault.ts';
import { embeddedOver } from './db/embedded.ts';

// Luhn-valid, and used nowhere else, so that whatever is found came from here.
const CANARY = '4242424298711328';
const NAME = 'Quilla Zamorravich';
const CODE = '973';

/** Every spelling of a text that a file could hold by accident. */
function spellings(text: string): Buffer[] {
  const bytes = Buffer.from(text);
  const spaced = text.match(/.{1,4}/g) ?? [];
  // Base64 of the same bytes looks different at each of three offsets; the edges depend on neighbours.
  const base64 = [0, 1, 2].map((offset) =>
    Buffer.concat([Buffer.alloc(offset), bytes])
      .toString('base64')
      .slice(offset === 0 ? 0 : 4, -4),
  );
  const texts = [text, spaced.join(' '), spaced.join('-'), bytes.toString('hex'), ...base64];
  return [
    ...texts.map((each) => Buffer.from(each)),
    Buffer.from(bytes.toString('hex').toUpperCase()),
    Buffer.from(text, 'utf16le'),
    Buffer.from([...text].reverse().join('')),
  ];
}

function hunt(folder: string, needles: Buffer[]): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((path) => {
      const bytes = readFileSync(path);
      return needles.some((needle) => bytes.includes(needle));
    });
}

const folder = mkdtempSync(join(tmpdir(), 'hushfield-hunt-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test('leaves a card in no file and no log line', async () => {
  const database = embeddedOver(await emptyEngine(join(folder, 'db')));
  const gateway = await startGateway();
  const it = await testVault({ database, environment: gateway.environment });
  const card = { ...GOOD, number: CANARY, name: NAME, cvc: CODE };
  const made = await tokenize(it, { card });
  await tokenize(it, { card: { ...card, expYear: 2020 } });
  await post(it, (await sealedRequest(it, { card: { ...card, extra: CANARY } })).body);
  await post(it, JSON.stringify(card));
  await post(it, `{"number":"${CANARY}"`);
  await it.api.inject({
    url: `/v1/tokens/${CANARY}?number=${CANARY}`,
    headers: { 'x-card': CANARY },
  });
  await it.fields.inject({ url: `/f1/${CANARY}/field`, headers: { 'sec-fetch-dest': 'iframe' } });
  await it.fields.inject({ url: `/${CANARY}` });
  await sendOn(it, gateway, made.ok ? made.token.id : '');
  const keys = hunt(it.config.dataDir, needles);
  const lines = Buffer.from(it.lines.join(''));
  await it.api.close();
  await gateway.close();
  await database.owner.query('CHECKPOINT');
  await it.close();

  expect(made).toMatchObject({ ok: true, token: { card: { last4: CANARY.slice(-4) } } });
  expect(keys).toStrictEqual([]);
  expect(hunt(folder, needles)).toStrictEqual([]);
  expect(needles.filter((needle) => lines.includes(needle))).toStrictEqual([]);
  // The database files are there and are searched: what may be in them is found.
  const id = made.ok ? made.token.id : '';
  expect(hunt(folder, [Buffer.from(id)]).length).toBeGreaterThan(0);
  expect(lines.toString()).toContain('"code":"not_found"');
}, 60_000);

/** To a gateway that says all of it back, and to one that hangs up; and asks for what is not allowed. */
async function sendOn(it: TestVault, gateway: Gateway, token: string): Promise<void> {
  const key = await keyOf(it, { scopes: ['forward', 'destinations:manage'] });
  const approved = { record: recordOf(gateway.port), credentials: CREDENTIALS };
  const made = await ask(it, key, 'POST', '/v1/destinations', { body: approved });
  const card = { number: `{{ ${token}.number }}`, name: `{{ ${token}.name }}` };
  const send = (name: string, body: object) =>
    ask(it, key, 'POST', '/v1/forward', {
      body: { destination: made.body.id, path: '/v1/charges', body },
      headers: { 'idempotency-key': name },
    });
  gateway.answers((response, { body }) => response.end(body));
  const echoed = await send('one', { card });
  expect(echoed.body).toMatchObject({ status: 200, scrubbed: true });
  expect(echoed.raw.body).not.toContain(CANARY);
  gateway.answers((_response, _heard, request) => request.socket.destroy());
  expect((await send('two', { card })).status).toBe(502);
  expect((await send('three', { card, [CANARY]: NAME })).status).toBe(403);
  expect(gateway.heard.map(({ body }) => body.includes(CANARY))).toStrictEqual([true, true]);
}

const needles = [...spellings(CANARY), ...spellings(NAME)];

test.each([
  ['raw', `x${CANARY}y`],
  ['spaced', '4242 4242 9871 1328'],
  ['hex', Buffer.from(CANARY).toString('hex')],
  ['base64', Buffer.from(CANARY).toString('base64')],
  ['base64 at offset 1', Buffer.from(`{${CANARY}}`).toString('base64')],
  ['base64 at offset 2', Buffer.from(`{"${CANARY}"}`).toString('base64')],
  ['a name', `name=${NAME}`],
])('would have found it: %s', (_name, planted) => {
  const control = mkdtempSync(join(tmpdir(), 'hushfield-control-'));
  writeFileSync(join(control, 'planted'), `before ${planted} after`);
  expect(hunt(control, needles)).toHaveLength(1);
  rmSync(control, { recursive: true });
});
