import { serve } from '@hushfield/bridge';
import type { ControllerBoot, SessionClaims, TicketClaims } from '@hushfield/contract/boot';
import { type Collected, siblingMethods } from '@hushfield/contract/sibling';
import { fallbackEd25519, fallbackKem } from '@hushfield/crypto/fallback';
import { generateSigningSeed, importSigningSeed } from '@hushfield/crypto/manifest';
import { signSession } from '@hushfield/crypto/session';
import { afterEach, expect, it } from 'vitest';
import { toBase64url } from './base64url.ts';
import { Siblings, termsOf } from './collect.ts';
import type { Engine } from './engine.ts';
import { ReceiveKeys } from './receive-key.ts';
import { Tokenizer } from './tokenize.ts';

const NOW = 1_795_000_000;
const SHOP = 'https://shop.example';
const key = importSigningSeed(generateSigningSeed());
const common = {
  v: 1 as const,
  mode: 'test' as const,
  tenant: `ten_${'A'.repeat(22)}`,
  origins: [SHOP],
};
const until = { iat: NOW, exp: NOW + 900, attempts: 20 };
const claims: TicketClaims = { ...common, ...until, key: 'AAAAAAAA', nonce: 'A'.repeat(22) };

/** A session that takes these brands alone. */
const sessionFor = (...brands: NonNullable<SessionClaims['brands']>) => signed({ brands });

function signed(terms: Partial<SessionClaims>) {
  const session: SessionClaims = { ...common, ...until, id: `ses_${'a'.repeat(22)}`, ...terms };
  return signSession(key, toBase64url(new TextEncoder().encode(JSON.stringify(session))));
}

const ports: MessagePort[] = [];
afterEach(() => {
  for (const port of ports.splice(0)) port.close();
});

/**
 * A tokenizer with one field, whose every verifying waits until it is let go.
 *
 * @param ofKey - what its ticket says.
 */
function makeTokenizer(ofKey: Partial<TicketClaims> = {}) {
  const waiting: (() => void)[] = [];
  const engine: Engine = {
    kem: fallbackKem,
    verify: async (...args) => {
      await new Promise<void>((resolve) => waiting.push(resolve));
      return fallbackEd25519(...args);
    },
  };
  const boot: ControllerBoot = {
    ...{ v: 1, mode: 'test', key: 'pk_test_x', origins: [SHOP], now: NOW, texts: {} },
    ...{ api: 'https://api.example', ticket: '', root: '', minSeq: 0 },
    sessionKeys: [toBase64url(key.publicKey)],
  };
  const own = { ...claims, ...ofKey };
  const siblings = new Siblings(termsOf(own, undefined));
  const told: string[] = [];
  const shown: number[] = [];
  const { port1, port2 } = new MessageChannel();
  ports.push(port1, port2);
  serve({
    port: port1,
    contract: siblingMethods,
    handlers: {
      collect: (): Collected => ({ errors: [{ field: 'number', code: 'incomplete_number' }] }),
      forget: () => {},
      reject: () => {},
      allow: (brands) => void told.push(brands?.join() ?? 'all'),
      showBin: (digits) => void shown.push(digits),
      lost: () => new Promise<void>(() => {}),
    },
  });
  siblings.join('cardNumber', port2);
  const now = () => NOW;
  const given = { boot, claims: own, parentOrigin: SHOP, siblings, now };
  const keys = new ReceiveKeys(boot, async () => engine, now);
  const tokenizer = new Tokenizer({ ...given, keys, engine: async () => engine });
  return { tokenizer, told, shown, waiting };
}

it('lets fields go by the session that was asked for last, also when it was read first', async () => {
  const { tokenizer, told, waiting } = makeTokenizer();
  const older = tokenizer.prepare(sessionFor('amex'));
  await expect.poll(() => waiting.length).toBe(1);
  const newer = tokenizer.prepare(sessionFor('visa', 'mastercard'));
  await expect.poll(() => waiting.length).toBe(2);
  waiting[1]?.();
  await newer;
  waiting[0]?.();
  await older;
  await expect.poll(() => told).toStrictEqual(['all', 'visa,mastercard']);
});

it('lets fields take every brand again when a call names no session', async () => {
  const { tokenizer, told, waiting } = makeTokenizer();
  const prepared = tokenizer.prepare(sessionFor('amex'));
  await expect.poll(() => waiting.length).toBe(1);
  waiting[0]?.();
  await prepared;
  expect(await tokenizer.tokenize(['cardNumber'])).toMatchObject({ ok: false });
  await expect.poll(() => told).toStrictEqual(['all', 'amex', 'all']);
});

it('goes on by the session of what is under way when another is announced, which comes after', async () => {
  const { tokenizer, told, waiting } = makeTokenizer();
  const paying = tokenizer.tokenize(['cardNumber'], sessionFor('visa'));
  await expect.poll(() => waiting.length).toBe(1);
  await tokenizer.prepare(sessionFor('amex'));
  waiting[0]?.();
  expect(await paying).toMatchObject({ ok: false });
  expect(told).toStrictEqual(['all', 'visa']);
  // And by the other one after it.
  await expect.poll(() => waiting.length).toBe(2);
  waiting[1]?.();
  await expect.poll(() => told).toStrictEqual(['all', 'visa', 'amex']);
});

it.each([
  ['says nothing of it', undefined, 6],
  ['shows none', 0, 0],
  ['would show more', 8, 6],
] as const)(
  'shows a page as much of a BIN as its key does, and less where its session %s',
  async (_, ofSession, told) => {
    const { tokenizer, shown, waiting } = makeTokenizer({ binDigits: 6 });
    const terms = ofSession === undefined ? {} : { binDigits: ofSession };
    const prepared = tokenizer.prepare(signed(terms));
    await expect.poll(() => waiting.length).toBe(1);
    waiting[0]?.();
    await prepared;
    await expect.poll(() => shown).toStrictEqual([6, told]);
  },
);

it('attacks: shows a page no BIN without a session that is good, where its key takes no card without', async () => {
  const { tokenizer, shown, waiting } = makeTokenizer({ binDigits: 8, sessionRequired: true });
  await tokenizer.prepare('no.session');
  await tokenizer.prepare(undefined);
  await expect.poll(() => shown.at(-1)).toBe(0);
  const prepared = tokenizer.prepare(signed({ binDigits: 6 }));
  await expect.poll(() => waiting.length).toBe(1);
  waiting[0]?.();
  await prepared;
  await expect.poll(() => shown.at(-1)).toBe(6);
  expect(shown.slice(0, -1).every((digits) => digits === 0)).toBe(true);
});

it('goes on by the good session of before when the next one is none', async () => {
  const { tokenizer, told, shown, waiting } = makeTokenizer({ binDigits: 8 });
  const prepared = tokenizer.prepare(signed({ brands: ['visa'], binDigits: 6 }));
  await expect.poll(() => waiting.length).toBe(1);
  waiting[0]?.();
  await prepared;
  await tokenizer.prepare('no.session');
  await expect.poll(() => told).toStrictEqual(['all', 'visa']);
  expect(shown).toStrictEqual([8, 6]);
});
