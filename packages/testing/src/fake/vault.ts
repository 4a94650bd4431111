import { binOf, detectBrand, judgeCode, lastDigits, networks } from '@hushfield/card';
import { type ErrorCode, errorOf } from '@hushfield/contract/errors';
import type { CollectCodeResult, RevealResult, TokenizeResult } from '@hushfield/contract/frame';
import type { Collected } from '@hushfield/contract/sibling';
import {
  type CardPlaintext,
  type SecretPlaintext,
  toPlaintext,
} from '../../../../apps/fields/src/controller/to-plaintext.ts';
import { judgeCard } from '../../../../apps/vault/src/tokens/judge-card.ts';

const DAY_MS = 24 * 60 * 60 * 1000;

type Brand = ReturnType<typeof detectBrand>;

/** Of what a token stands for, the one thing that is needed later; the number is forgotten. */
const brands = new Map<string, Brand>();
let refusals = 0;
let tokens = 0;

/** Judges what was typed as a vault in test mode does, and answers a token that no vault knows. */
export function makeToken(collected: Collected, binDigits: number): TokenizeResult {
  const { errors: _none, ...held } = collected;
  const plain = toPlaintext(held);
  // An objection of the controller's, before anything would be sent.
  if ('code' in plain) return { ok: false, error: plain };
  return 'number' in plain ? makeCardToken(plain, binDigits) : makeSecretToken(plain);
}

function makeCardToken(card: CardPlaintext, binDigits: number): TokenizeResult {
  const { number, expMonth, expYear, cvc, network } = card;
  const brand = detectBrand(number);
  const objection = judgeCard(card, 'test', Date.now());
  if (objection) return refused(objection.code, objection.field);
  const bin = binOf(number, binDigits);
  const token = newToken();
  brands.set(token.id, brand);
  return {
    ok: true,
    token: {
      ...token,
      type: 'card',
      card: {
        brand,
        networks: [...networks(number)],
        ...(network === undefined ? {} : { network }),
        last4: number.slice(-4),
        ...(bin === undefined ? {} : { bin }),
        expMonth,
        expYear,
        cvcCollected: cvc !== undefined,
      },
    },
  };
}

function makeSecretToken(plain: SecretPlaintext): TokenizeResult {
  const token = newToken();
  const account = (country: string, number: string) => ({ country, last4: number.slice(-4) });
  if ('text' in plain)
    return { ok: true, token: { ...token, type: 'text', text: { policy: plain.policy } } };
  if ('iban' in plain) {
    const iban = account(plain.iban.slice(0, 2), plain.iban);
    return { ok: true, token: { ...token, type: 'iban', iban } };
  }
  const bankAccount = { country: 'US', last4: lastDigits(plain.accountNumber) };
  return { ok: true, token: { ...token, type: 'bank_account', bankAccount } };
}

function newToken() {
  return {
    id: nextId(),
    object: 'token',
    mode: 'test',
    createdAt: new Date().toISOString(),
    expiresAt: new Date(Date.now() + DAY_MS).toISOString(),
  } as const;
}

/** Takes a security code again for a token of this fake's own making. */
export function takeCode(id: string, cvc: string | undefined): CollectCodeResult {
  if (cvc === undefined) return unsent('required_field', 'cvc');
  const brand = brands.get(id);
  if (brand === undefined) return refused('not_found');
  if (!judgeCode(cvc, brand).valid) return refused('invalid_cvc', 'cvc');
  return { ok: true, token: { id, object: 'token', cvcCollected: true } };
}

/** A fake takes any grant, and takes it once. @param used - those that it has taken. */
export function useGrant(used: Set<string>, grant: string): RevealResult {
  if (used.has(grant)) return refused('not_found');
  used.add(grant);
  return { ok: true, token: { id: nextId(), object: 'token', revealed: true } };
}

/** An objection of the controller's, before anything would be sent. */
function unsent(code: ErrorCode, field: string) {
  return { ok: false, error: errorOf(code, { field }) } as const;
}

function refused(code: ErrorCode, field?: string) {
  const requestId = `req_Fake${padded((refusals += 1), 18)}`;
  return { ok: false, error: errorOf(code, { field, requestId }) } as const;
}

/** Of a token's form, but for the check digits, which are wrong: a vault refuses it unseen. */
function nextId(): string {
  return `tok_test_Fake${padded((tokens += 1), 24)}`;
}

function padded(serial: number, digits: number): string {
  return String(serial).padStart(digits, '0');
}
