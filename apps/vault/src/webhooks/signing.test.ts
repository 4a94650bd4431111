import { createPublicKey, verify } from 'node:crypto';
import fc from 'fast-check';
import { Webhook } from 'standardwebhooks';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import * as z from 'zod';
import { sharedVectors } from '../../test/vectors.ts';
import { DELAYS_MS, nextTry, pausedUntil, retryAfter } from './schedule.ts';
import { type Message, signWebhook } from './sign-webhook.ts';
import { newWebhookSecret, openSecret, sealSecret, secretText } from './webhook-secret.ts';

const NOW = Date.UTC(2026, 10, 9, 12);
const TENANT = `ten_${'A'.repeat(22)}`;
const ENDPOINT = `whe_${'A'.repeat(22)}`;
const dataKey = { id: 'A'.repeat(22), key: new Uint8Array(32).fill(7) };

const Vectors = z.object({
  known_answer: z.array(
    z.object({
      secret: z.string(),
      msg_id: z.string(),
      timestamp: z.int(),
      payload: z.string(),
      signature: z.string(),
    }),
  ),
  tolerance_seconds: z.int(),
  must_reject: z.array(z.string()),
  bad_signatures_in_list: z.array(z.string()),
  retry_schedule_seconds_since_start: z.array(z.int()),
});
const text = sharedVectors('webhooks/standard_webhooks_cases.json');
const vectors = text === undefined ? undefined : Vectors.parse(JSON.parse(text));

const headersOf = ({ id, timestamp }: Message, signature: string) => ({
  'webhook-id': id,
  'webhook-timestamp': String(timestamp),
  'webhook-signature': signature,
});
const accepts = (secret: string, message: Message, signature: string, body = message.body) => {
  try {
    new Webhook(secret).verify(body, headersOf(message, signature), { jsonParse: false });
    return true;
  } catch {
    return false;
  }
};

beforeEach(() => void vi.useFakeTimers({ now: NOW, toFake: ['Date'] }));
afterEach(() => void vi.useRealTimers());

describe.runIf(vectors !== undefined)('the cases of the specification', () => {
  test('gives the known answers', () => {
    for (const {
      secret,
      msg_id: id,
      timestamp,
      payload: body,
      signature,
    } of vectors?.known_answer ?? []) {
      const hmac = Buffer.from(secret.replace('whsec_', ''), 'base64');
      const signed = signWebhook([{ hmac, seed: new Uint8Array(32) }], { id, timestamp, body });
      expect(signed.split(' ')[0]).toBe(signature);
    }
  });

  test('is accepted among bad signatures of a list, and with an empty body', () => {
    const secret = newWebhookSecret();
    for (const body of ['', '{"test": 1}']) {
      const message = { id: 'evt_A', timestamp: NOW / 1_000, body };
      const own = signWebhook([secret], message);
      const list = [...(vectors?.bad_signatures_in_list ?? []), own].join(' ');
      expect(accepts(secretText(secret), message, list)).toBe(true);
      expect(accepts(secretText(secret).replace('whsec_', ''), message, own)).toBe(true);
    }
  });

  test('attacks: all that must be refused is', () => {
    const secret = newWebhookSecret();
    const message = { id: 'evt_A', timestamp: NOW / 1_000, body: '{}' };
    const own = signWebhook([secret], message);
    const known = secretText(secret);
    const at = (offset: number) => {
      const moved = { ...message, timestamp: message.timestamp + offset };
      return accepts(known, moved, signWebhook([secret], moved));
    };
    const tolerance = vectors?.tolerance_seconds ?? 0;
    const refused: Readonly<Record<string, boolean>> = {
      'secret empty': accepts('', message, own),
      'secret undefined': accepts(undefined as unknown as string, message, own),
      'secret null': accepts(null as unknown as string, message, own),
      'secret "whsec_" (empty key)': accepts('whsec_', message, own),
      'missing webhook-id': accepts(known, { ...message, id: '' }, own),
      'missing webhook-timestamp': accepts(known, { ...message, timestamp: Number.NaN }, own),
      'webhook-timestamp "hello"': accepts(known, { ...message, timestamp: Number.NaN }, own),
      'missing webhook-signature': accepts(known, message, ''),
      'webhook-signature "v1,dawfeoifkpqwoekfpqoekf"': accepts(
        known,
        message,
        'v1,dawfeoifkpqwoekfpqoekf',
      ),
      'webhook-signature first 8 chars of the valid one': accepts(known, message, own.slice(0, 8)),
      'webhook-signature "v1,"': accepts(known, message, 'v1,'),
      'timestamp now-301s': at(-tolerance - 1),
      'timestamp now+301s': at(tolerance + 1),
    };
    expect(Object.keys(refused).toSorted()).toStrictEqual(vectors?.must_reject.toSorted());
    expect(Object.values(refused).filter(Boolean)).toStrictEqual([]);
    expect([at(-tolerance), at(tolerance)]).toStrictEqual([true, true]);
  });

  test('tries again when the specification proposes it', () => {
    let at = 0;
    const times = [0, ...DELAYS_MS.map((delay) => (at += delay / 1_000))];
    expect(times).toStrictEqual(vectors?.retry_schedule_seconds_since_start);
  });
});

test('attacks: the official verifier takes ours and none with another byte in body, id or time', () => {
  const secret = newWebhookSecret();
  const message = { id: 'evt_A1', timestamp: NOW / 1_000, body: '{"id":"evt_A1","data":{}}' };
  const signature = signWebhook([secret], message);
  const known = secretText(secret);
  expect(accepts(known, message, signature)).toBe(true);
  for (let at = 0; at < message.body.length; at += 1)
    for (let byte = 0; byte < 128; byte += 1) {
      const body =
        message.body.slice(0, at) + String.fromCharCode(byte) + message.body.slice(at + 1);
      if (body !== message.body) expect(accepts(known, message, signature, body)).toBe(false);
    }
  for (const id of ['evt_A2', 'evt_A', 'evt_A1.', 'evt_a1'])
    expect(accepts(known, { ...message, id }, signature)).toBe(false);
  for (const offset of [-300, -1, 1, 300])
    expect(accepts(known, { ...message, timestamp: message.timestamp + offset }, signature)).toBe(
      false,
    );
  expect(accepts(secretText(newWebhookSecret()), message, signature)).toBe(false);
}, 30_000);

test('signs any body with any number of secrets, so that each verifies both ways', () => {
  fc.assert(
    fc.property(
      fc.string({ unit: 'binary', maxLength: 200 }),
      fc.integer({ min: 1, max: 3 }),
      (body, count) => {
        const secrets = Array.from({ length: count }, newWebhookSecret);
        const message = { id: 'evt_A', timestamp: NOW / 1_000, body };
        const signature = signWebhook(secrets, message);
        const v1a = signature.split(' ').filter((each) => each.startsWith('v1a,'));
        return secrets.every((secret, at) => {
          const { publicKey } = sealSecret(dataKey, TENANT, ENDPOINT, secret);
          const x = Buffer.from(publicKey.slice('whpk_'.length), 'base64').toString('base64url');
          const key = createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x }, format: 'jwk' });
          const signed = Buffer.from(`evt_A.${NOW / 1_000}.${body}`);
          const own = Buffer.from(v1a[at]?.slice('v1a,'.length) ?? '', 'base64');
          return accepts(secretText(secret), message, signature) && verify(null, signed, key, own);
        });
      },
    ),
    { numRuns: 100 },
  );
}, 30_000);

test.each(['evt.1', '', 'evt 1', 'evt\n1'])('attacks: signs no id of %j', (id) => {
  const message = { id, timestamp: 1, body: '' };
  expect(() => signWebhook([newWebhookSecret()], message)).toThrow(RangeError);
});

test('attacks: a sealed secret opens in its place alone', () => {
  const secret = newWebhookSecret();
  const { secretId, envelope } = sealSecret(dataKey, TENANT, ENDPOINT, secret);
  const record = `${ENDPOINT}/${secretId}`;
  const opened = openSecret(dataKey, TENANT, record, envelope);
  expect(Buffer.compare(opened.hmac, secret.hmac)).toBe(0);
  expect(Buffer.compare(opened.seed, secret.seed)).toBe(0);
  const other = `whe_${'B'.repeat(22)}/${secretId}`;
  expect(() => openSecret(dataKey, TENANT, other, envelope)).toThrow();
  expect(() => openSecret(dataKey, `ten_${'B'.repeat(22)}`, record, envelope)).toThrow();
  expect(() => openSecret(undefined, TENANT, record, envelope)).toThrow();
  const wrong = { ...dataKey, key: new Uint8Array(32) };
  expect(() => openSecret(wrong, TENANT, record, envelope)).toThrow();
});

test('waits as long as the table says, at most a tenth longer, and as an endpoint asks, at most a day', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 12 }),
      fc.nat(10 * 86_400_000),
      fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
      (tries, wish, random) => {
        const next = nextTry(tries, NOW, wish, () => random);
        const delay = DELAYS_MS[tries - 1];
        if (delay === undefined) return next === undefined;
        const waits = (next?.getTime() ?? 0) - NOW;
        return waits >= delay && waits <= Math.max(delay * 1.1 + 1, Math.min(wish, 86_400_000));
      },
    ),
  );
});

test('leaves an endpoint alone that fails again and again, for five minutes at most', () => {
  expect(pausedUntil(4, NOW)).toBeUndefined();
  expect(pausedUntil(5, NOW)?.getTime()).toBe(NOW + 10_000);
  expect(pausedUntil(9, NOW)?.getTime()).toBe(NOW + 160_000);
  for (const failures of [10, 11, 1_000, 2 ** 31])
    expect(pausedUntil(failures, NOW)?.getTime()).toBe(NOW + 300_000);
});

test.each([
  ['120', 120_000],
  ['Mon, 09 Nov 2026 12:02:00 GMT', 120_000],
  ['Mon, 09 Nov 2026 11:00:00 GMT', 0],
  ['-1', 0],
  ['1e9', 0],
  ['soon', 0],
  ['9'.repeat(400), 0],
  ['', 0],
])('attacks: reads Retry-After: %s', (given, expected) => {
  expect(retryAfter(given, NOW)).toBe(expected);
});
