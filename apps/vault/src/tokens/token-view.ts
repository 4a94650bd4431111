import { Token } from '@hushfield/contract/http';
import * as z from 'zod';
import { columnsOf } from '../db/columns.ts';
import type { Row } from '../db/sql.ts';
import { type SecretType, TokenType } from './token-kind.ts';

const Common = {
  tenant: z.string(),
  token_id: z.string(),
  mode: z.enum(['test', 'live']),
  fingerprint: z.string().nullable(),
  customer: z.string().nullable(),
  metadata: z.record(z.string(), z.string()),
  created_at: z.date(),
  expires_at: z.date().nullable(),
} as const;

/** A token as stored: everything of a card that may stand in clear. */
const CardRow = z.object({
  ...Common,
  type: z.literal('card'),
  brand: z.string(),
  networks: z.array(z.string()),
  network: z.string().nullable(),
  last4: z.string(),
  bin: z.string().nullable(),
  exp_month: z.int(),
  exp_year: z.int(),
  cvc_collected: z.boolean(),
  about: z.null(),
});
export type CardRow = z.infer<typeof CardRow>;

/** The same of anything else; what there is in clear lies in `about`. */
const SecretRow = z.object({
  ...Common,
  type: TokenType.exclude(['card']),
  about: z.record(z.string(), z.string()),
});
export type SecretRow = z.infer<typeof SecretRow>;

const TokenRow = z.discriminatedUnion('type', [CardRow, SecretRow]);
export type TokenRow = z.infer<typeof TokenRow>;
/** The columns of tokens `t` that are ever read. */
export const TOKEN_COLUMNS = columnsOf(CardRow, 't.');

/** The same with what only a backend is told: until when there is a security code. */
const CodeEnd = z.object({ cvc_expires_at: z.date().nullable() });
export type BackendRow = TokenRow & z.infer<typeof CodeEnd>;

export function parseBackendRow(row: Row): BackendRow {
  return { ...TokenRow.parse(row), ...CodeEnd.parse(row) };
}

export function parseTokenRow(row: Row): TokenRow {
  return TokenRow.parse(row);
}

const MEMBER: Readonly<Record<SecretType, string>> = {
  iban: 'iban',
  bank_account: 'bankAccount',
  text: 'text',
};

/** What a page and a frame may know of a token; parsed, so that no stray column can leave. */
export function tokenOf(row: TokenRow): Token {
  return Token.parse({
    id: row.token_id,
    object: 'token',
    type: row.type,
    mode: row.mode,
    createdAt: row.created_at.toISOString(),
    expiresAt: row.expires_at?.toISOString() ?? null,
    ...(row.type === 'card' ? { card: cardOf(row) } : { [MEMBER[row.type]]: row.about }),
  });
}

function cardOf(row: CardRow) {
  return {
    brand: row.brand,
    networks: row.networks,
    ...(row.network === null ? {} : { network: row.network }),
    last4: row.last4,
    ...(row.bin === null ? {} : { bin: row.bin }),
    expMonth: row.exp_month,
    expYear: row.exp_year,
    cvcCollected: row.cvc_collected,
  };
}
