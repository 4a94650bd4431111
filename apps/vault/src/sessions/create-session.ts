import type { API, BodyOf } from '@hushfield/contract/api';
import { newId } from '@hushfield/crypto/token-id';
import { VaultError } from '../app/vault-error.ts';
import { insertAudit } from '../audit/insert-audit.ts';
import { seconds } from '../clock.ts';
import type { Sql } from '../db/sql.ts';
import type { KeyStore } from '../keys/key-store.ts';
import { refuseCardText } from '../tokens/refuse-card-text.ts';
import type { By } from '../tokens/change-tokens.ts';
import { framedOrigins, insertSession, type SessionRow } from './session-store.ts';
import { writeSession } from './session-text.ts';

const ATTEMPTS = 20;
const LIFE_SECONDS = 900;

export type SessionWish = BodyOf<typeof API.createSession>;
/** The text is here once, and nowhere else. */
export type NewSession = { readonly row: SessionRow; readonly text: string };

/**
 * Makes and signs a session, which is to be stored before anybody sees it. Outside of a transaction: it
 * may wait for the KEK.
 *
 * @throws VaultError `invalid_request` when it says more than a page can carry.
 */
export async function signNewSession(
  keys: KeyStore,
  by: By,
  wish: SessionWish,
): Promise<NewSession> {
  refuseCardText('customer', wish.customer);
  const row = rowOf(by, wish);
  const text = await textOf(keys, by.tenant, row, wish);
  if (text === undefined) throw VaultError.because('invalid_request', 'body_form');
  return { row, text };
}

/**
 * Stores a session. In a transaction of the caller's: row and entry are one act.
 *
 * @throws VaultError `origin_not_allowed` for a page that no frame of the tenant's may stand in.
 */
export async function storeSession(sql: Sql, by: By, row: SessionRow): Promise<void> {
  const known = await framedOrigins(sql, by, by.now);
  if (!row.origins.every((origin) => known.has(origin)))
    throw VaultError.because('origin_not_allowed', 'origin_unknown');
  await insertSession(sql, by.tenant, row);
  const { tenant, now: at, actor, requestId, address: origin } = by;
  const act = {
    tenant,
    at,
    actor,
    action: 'session.create',
    outcome: 'ok',
    origin,
    requestId,
  } as const;
  await insertAudit(sql, { ...act, resource: row.session_id });
}

function rowOf({ mode, now }: By, wish: SessionWish): SessionRow {
  const { brands = null, fields = [], binDigits = null } = wish;
  const { attempts = ATTEMPTS, expiresIn = LIFE_SECONDS } = wish;
  // Whole seconds, as the text has them: both must say the same end.
  const start = seconds(now.getTime());
  return {
    session_id: newId('ses'),
    mode,
    origins: wish.origins,
    ...{ brands, fields, bin_digits: binDigits, attempts },
    customer: wish.customer ?? null,
    created_at: new Date(start * 1000),
    expires_at: new Date((start + expiresIn) * 1000),
  };
}

function textOf(keys: KeyStore, tenant: string, row: SessionRow, wish: SessionWish) {
  const { brands, fields, binDigits, customer } = wish;
  return writeSession(keys, {
    v: 1,
    mode: row.mode,
    tenant,
    id: row.session_id,
    origins: row.origins,
    ...(brands === undefined ? {} : { brands }),
    ...(fields === undefined ? {} : { fields }),
    ...(binDigits === undefined ? {} : { binDigits }),
    attempts: row.attempts,
    ...(customer === undefined ? {} : { customer }),
    iat: seconds(row.created_at.getTime()),
    exp: seconds(row.expires_at.getTime()),
  });
}
