import { createHash, randomInt } from 'node:crypto';
import type { API, BodyOf } from '@hushfield/contract/api';
import { newId } from '@hushfield/crypto/token-id';
import { VaultError } from '../app/vault-error.ts';
import { insertAudit } from '../audit/insert-audit.ts';
import type { Sql } from '../db/sql.ts';
import { framedOrigins } from '../sessions/session-store.ts';
import type { By } from '../tokens/change-tokens.ts';
import { findToken } from '../tokens/token-store.ts';
import { type GrantRow, insertGrant, type NewGrantRow } from './grant-store.ts';

const LIFE_SECONDS = 300;
const SHOWN_SECONDS = 60;
const SECRET_LENGTH = 32;
const ALPHABET = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

export type GrantWish = BodyOf<typeof API.createGrant>;
export type RevealWish = Extract<GrantWish, { purpose: 'reveal' }>;
/** The text is here once, and nowhere else. */
export type NewGrant<R = GrantRow> = { readonly row: R; readonly text: string };

/**
 * Makes and stores a grant to show something. In a transaction of the caller's: row and entry are one act.
 *
 * @throws VaultError `not_found` for a token that is not there; `origin_not_allowed` for a page that no
 * frame of the tenant's may stand in; `invalid_request` for fields of what is no card, or that the
 * redaction leaves out.
 */
export async function createGrant(sql: Sql, by: By, wish: RevealWish): Promise<NewGrant> {
  const token = await findToken(sql, by.tenant, wish.token, by.now);
  if (token?.mode !== by.mode) throw VaultError.because('not_found', 'record_missing');
  const fields = wish.fields ?? (token.type === 'card' ? (['number'] as const) : null);
  const clear = ['name', 'postalCode'] as const;
  const hidden =
    wish.redaction !== 'plain' && clear.some((field) => fields?.some((f) => f === field));
  if (hidden || (token.type !== 'card' && fields !== null))
    throw VaultError.because('invalid_request', 'body_form', { field: 'fields' });
  const known = await framedOrigins(sql, by, by.now);
  if (!wish.origins.every((origin) => known.has(origin)))
    throw VaultError.because('origin_not_allowed', 'origin_unknown');
  const row = {
    redaction: wish.redaction,
    fields: fields && [...fields],
    origins: wish.origins,
    shown_for: wish.shownFor ?? SHOWN_SECONDS,
  };
  const made = newGrant(by, wish, { purpose: 'reveal', ...row });
  await storeGrant(sql, by, made.row, wish.redaction);
  return made;
}

/** Stores a grant with its entry, among the token's own: which key let whom use it. Its use names the grant as its actor. */
export async function storeGrant(sql: Sql, by: By, row: NewGrantRow, what: string): Promise<void> {
  await insertGrant(sql, by.tenant, row);
  const { tenant, now: at, actor, requestId, address: origin } = by;
  const act = { action: 'grant.create', outcome: `${what} ${row.grant_id}` } as const;
  await insertAudit(sql, { ...act, resource: row.token_id, tenant, at, actor, origin, requestId });
}

type Common = 'grant_id' | 'secret_hash' | 'mode' | 'token_id' | 'created_at' | 'expires_at';

/** A grant of any purpose, with the text that proves it. */
export function newGrant<const O extends object>(
  { mode, now }: By,
  wish: Pick<GrantWish, 'token' | 'expiresIn'>,
  own: O,
): NewGrant<Pick<GrantRow, Common> & O> {
  const { expiresIn = LIFE_SECONDS } = wish;
  const id = newId('gra');
  const secret = Array.from({ length: SECRET_LENGTH }, () => ALPHABET[randomInt(62)]).join('');
  const row = {
    grant_id: id,
    secret_hash: hashOf(secret),
    mode,
    token_id: wish.token,
    created_at: now,
    expires_at: new Date(now.getTime() + expiresIn * 1000),
    ...own,
  };
  return { row, text: `${id}.${secret}` };
}

/** 190 random bits need no pepper. */
export function hashOf(secret: string) {
  return createHash('sha256').update(secret).digest();
}
