import { generateKeyPairSync, sign } from 'node:crypto';
import { Webhook } from 'standardwebhooks';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { Hushfield } from './hushfield.ts';
import { HushfieldError } from './hushfield-error.ts';
import { verifyWebhook } from './verify-webhook.ts';

const NOW = Date.UTC(2026, 10, 9, 12);
const SECRET = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;
const { privateKey, publicKey } = generateKeyPairSync('ed25519');
const PUBLIC = `whpk_${Buffer.from(publicKey.export({ format: 'jwk' }).x ?? '', 'base64url').toString('base64')}`;
const EVENT = {
  id: 'evt_AAAAAAAAAAAAAAAAAAAAAA',
  object: 'event',
  type: 'token.created',
  mode: 'test',
  timestamp: '2026-11-09T12:00:00.000Z',
  data: { token: `tok_test_${'A'.repeat(28)}` },
};
const BODY = JSON.stringify(EVENT);

/** As a vault signs it. */
function headersOf(
  body = BODY,
  { id = EVENT.id, at = NOW, secret = SECRET, key = privateKey } = {},
) {
  const seconds = Math.floor(at / 1_000);
  const v1 = new Webhook(secret).sign(id, new Date(at), body);
  const v1a = `v1a,${sign(null, Buffer.from(`${id}.${seconds}.${body}`), key).toString('base64')}`;
  return {
    'webhook-id': id,
    'webhook-timestamp': String(seconds),
    'webhook-signature': `${v1} ${v1a}`,
  };
}

beforeEach(() => void vi.useFakeTimers({ now: NOW, toFake: ['Date'] }));
afterEach(() => void vi.useRealTimers());

const refuses = (...given: Parameters<typeof verifyWebhook>) => {
  try {
    verifyWebhook(...given);
    return false;
  } catch (error) {
    return error instanceof HushfieldError && error.code === 'webhook_not_verified';
  }
};

describe.each([
  ['v1, by the secret', SECRET],
  ['v1a, by the public key', PUBLIC],
])('%s', (_name, secret) => {
  test('reads an event, from text, bytes and every form of headers', () => {
    const headers = headersOf();
    const upper = Object.fromEntries(
      Object.entries(headers).map(([name, value]) => [name.toUpperCase(), value]),
    );
    for (const body of [BODY, Buffer.from(BODY), new TextEncoder().encode(BODY)])
      for (const each of [headers, upper, new Headers(headers)])
        expect(verifyWebhook(body, each, secret)).toStrictEqual(EVENT);
  });

  test('reads one whose type it does not know', () => {
    const body = JSON.stringify({ ...EVENT, type: 'moon.landed', data: {} });
    expect(verifyWebhook(body, headersOf(body), secret)).toMatchObject({ type: 'moon.landed' });
  });

  test('finds its signature among others', () => {
    const { 'webhook-signature': own, ...rest } = headersOf();
    const foreign = 'v1,Ceo5qEr07ixe2NLpvHk3FH9bwy/WavXrAFQ/9tdO6mc= v2,x';
    const all = { ...rest, 'webhook-signature': `${foreign} ${own}` };
    expect(verifyWebhook(BODY, all, secret)).toStrictEqual(EVENT);
  });

  test('attacks: refuses every bit that is turned in body, id or time', () => {
    const headers = headersOf();
    for (const name of ['webhook-id', 'webhook-timestamp'] as const)
      for (let at = 0; at < headers[name].length; at += 1) {
        const bytes = Buffer.from(headers[name]);
        bytes[at] = (bytes[at] ?? 0) ^ 1;
        expect(refuses(BODY, { ...headers, [name]: bytes.toString() }, secret)).toBe(true);
      }
    for (let at = 0; at < BODY.length; at += 1)
      for (let bit = 0; bit < 8; bit += 1) {
        const bytes = Buffer.from(BODY);
        bytes[at] = (bytes[at] ?? 0) ^ (1 << bit);
        expect(refuses(bytes, headers, secret)).toBe(true);
      }
  });

  test('attacks: refuses a signature with any other character, or a part of one', () => {
    const headers = headersOf();
    const own = headers['webhook-signature'];
    const version = secret === SECRET ? 'v1,' : 'v1a,';
    const mine = own.split(' ').find((each) => each.startsWith(version)) ?? '';
    for (let at = version.length; at < mine.length - 3; at += 1) {
      const other = mine[at] === 'A' ? 'B' : 'A';
      const turned = mine.slice(0, at) + other + mine.slice(at + 1);
      expect(refuses(BODY, { ...headers, 'webhook-signature': turned }, secret)).toBe(true);
    }
    for (const part of [mine.slice(0, 8), version, mine.slice(version.length), `${mine}=`, ' '])
      expect(refuses(BODY, { ...headers, 'webhook-signature': part }, secret)).toBe(true);
  });

  test.each([
    ['301 seconds old', -301_000, true],
    ['301 seconds ahead', 301_000, true],
    ['299 seconds old', -299_000, false],
    ['299 seconds ahead', 299_000, false],
  ])('attacks: of one that is %s', (_which, offset, isRefused) => {
    expect(refuses(BODY, headersOf(BODY, { at: NOW + offset }), secret)).toBe(isRefused);
  });

  test.each([
    ['a word', 'hello'],
    ['a number with more behind it', `${NOW / 1_000}x`],
    ['a fraction', `${NOW / 1_000}.5`],
    ['a sign', `+${NOW / 1_000}`],
    ['nothing', ''],
  ])('attacks: takes no time of %s', (_which, timestamp) => {
    expect(refuses(BODY, { ...headersOf(), 'webhook-timestamp': timestamp }, secret)).toBe(true);
  });

  test('attacks: refuses one that is signed for another endpoint, or for another id', () => {
    const other = {
      secret: `whsec_${Buffer.alloc(32, 8).toString('base64')}`,
      key: generateKeyPairSync('ed25519').privateKey,
    };
    expect(refuses(BODY, headersOf(BODY, other), secret)).toBe(true);
    expect(refuses(BODY, headersOf(BODY, { id: 'evt_B' }), secret)).toBe(true);
  });

  test.each(['webhook-id', 'webhook-timestamp', 'webhook-signature'])(
    'attacks: misses %s, or has it twice',
    (name) => {
      const { [name as 'webhook-id']: value, ...rest } = headersOf();
      expect(refuses(BODY, rest, secret)).toBe(true);
      expect(refuses(BODY, { ...rest, [name]: [value, value] }, secret)).toBe(true);
    },
  );

  test.each(['', 'null', '[]', '"x"', '{', '{"id":"evt_x"}'])(
    'attacks: takes %s for no event, however it is signed',
    (body) => {
      expect(refuses(body, headersOf(body, { id: 'evt_x' }), secret)).toBe(true);
    },
  );

  test('attacks: bytes that are no text are not what a lenient reader makes of them', () => {
    const body = BODY.replace('test', '\ufffd');
    const bytes = Buffer.from(
      Buffer.from(body).toString('latin1').replace('\u00ef\u00bf\u00bd', '\u00ff'),
      'latin1',
    );
    expect(refuses(bytes, headersOf(body), secret)).toBe(true);
  });
});

test.each([
  undefined,
  '',
  'whsec_',
  'whpk_',
  'whsec_short',
  `whsk_${'A'.repeat(43)}=`,
  SECRET.slice('whsec_'.length),
])('attacks: takes no %s for a secret', (secret) => {
  expect(() => verifyWebhook(BODY, headersOf(), secret)).toThrow(TypeError);
});

test('is a method of the client too', () => {
  const hushfield = new Hushfield(`sk_test_${'A'.repeat(46)}`, { baseUrl: 'http://localhost:1' });
  expect(hushfield.webhooks.verify(BODY, headersOf(), SECRET)).toStrictEqual(EVENT);
});
