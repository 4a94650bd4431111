import { Token } from '@hushfield/contract/http';
import * as z from 'zod';
import { columnsOf } from '../db/columns.ts';
import type { Row } from '../db/sql.ts';

/** A token as stored: everything about a card that may stand in clear. */
const TokenRow = z.object({
  tenant: z.string(),
  token_id: z.string(),
  mode: z.enum(['test', 'live']),
  brand: z.string(),
  networks: z.array(z.string()),
  last4: z.string(),
  bin: z.string().nullable(),
  exp_month: z.int(),
  exp_year: z.int(),
  cvc_collected: z.boolean(),
  fingerprint: z.string(),
  customer: z.string().nullable(),
  metadata: z.record(z.string(), z.string()),
  created_at: z.date(),
  expires_at: z.date().nullable(),
});
export type TokenRow = z.infer<typeof TokenRow>;
/** The columns of tokens `t` that are ever read. */
export const TOKEN_COLUMNS = columnsOf(TokenRow, 't.');

/** The same with what only a backend is told: until when there is a security code. */
const BackendRow = z.object({ ...TokenRow.shape, cvc_expires_at: z.date().nullable() });
export type BackendRow = z.infer<typeof BackendRow>;

export function parseBackendRow(row: Row): BackendRow {
  return BackendRow.parse(row);
}

export function parseTokenRow(row: Row): TokenRow {
  return TokenRow.parse(row);
}

/** What a page and a frame may know of a token; parsed, so that no stray column can leave. */
export function tokenOf(row: TokenRow): Token {
  return Token.parse({
    id: row.token_id,
    object: 'token',
    type: 'card',
    mode: row.mode,
    createdAt: row.created_at.toISOString(),
    expiresAt: row.expires_at?.toISOString() ?? null,
    card: {
      brand: row.brand,
      networks: row.networks,
      last4: row.last4,
      ...(row.bin === null ? {} : { bin: row.bin }),
      expMonth: row.exp_month,
      expYear: row.exp_year,
      cvcCollected: row.cvc_collected,
    },
  });
}
