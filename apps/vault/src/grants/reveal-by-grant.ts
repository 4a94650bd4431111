import { errorOf } from '@hushfield/contract/errors';
import type { GrantPlaintext, RevealReplyPlaintext } from '@hushfield/contract/http';
import { attemptOf, auditOf, isSame, requireSame, type TokenizeInput } from '../tokens/attempt.ts';
import { findAnswer, insertRefusal } from '../tokens/token-store.ts';
import { openKept } from '../tokens/open-kept.ts';
import { redact } from '../tokens/redact.ts';
import type { Vault } from '../vault.ts';
import { hashOf } from './create-grant.ts';
import {
  type Brought,
  findGrant,
  type FoundGrant,
  type GrantRow,
  useGrant,
} from './grant-store.ts';
import { linesOf } from './shown-lines.ts';

const REFUSED = { code: 'not_found', field: '' } as const;

/**
 * Gives a frame what a grant is for, to be shown to a person. It waits for the KEK between two statements, and
 * holds no connection meanwhile; the second one uses the grant up and commits the entry before the answer leaves.
 *
 * Unknown, used, over, of another page, of a token that is gone: one answer, and the log knows no more, since
 * nobody may learn by trying which grants there are.
 *
 * @throws VaultError `idempotency_conflict` when this attempt was used for other bytes; `service_unavailable` for an envelope that does not open where it lies.
 */
export async function revealByGrant(
  vault: Vault,
  input: TokenizeInput,
  { grant: text }: GrantPlaintext,
): Promise<RevealReplyPlaintext> {
  const { claims, requestId } = input;
  const sql = vault.sql.as('api', claims.tenant);
  const found = await findGrant(sql, claims.tenant, broughtBy(vault, input, text));
  const shown = found && (await shownBy(vault, input, found));
  const used = found && (await use(vault, input, text, found.grant));
  if (!shown || !used) {
    await refuse(vault, input);
    return { ok: false, error: errorOf('not_found', { requestId }) };
  }
  const { token_id: id } = found.grant;
  return { ok: true, token: { id, object: 'token', revealed: true, shown } };
}

/** Once more when the same bytes came at once: what the first has written, only another statement sees. */
async function use(vault: Vault, input: TokenizeInput, text: string, grant: GrantRow) {
  const sql = vault.sql.as('api', input.claims.tenant);
  const attempt = attemptOf(input);
  const entry = auditOf(input, vault.now());
  const audit = { ...entry, actor: `${entry.actor}/${grant.grant_id}` };
  const once = () => useGrant(sql, broughtBy(vault, input, text), attempt, audit, grant.redaction);
  if (await once()) return true;
  const earlier = await findAnswer(sql, attempt);
  return earlier?.token !== undefined && isSame(earlier, attempt) && once();
}

async function refuse(vault: Vault, input: TokenizeInput): Promise<void> {
  const sql = vault.sql.as('api', input.claims.tenant);
  const attempt = attemptOf(input);
  const audit = auditOf(input, vault.now());
  const first = await insertRefusal(sql, attempt, REFUSED, audit, 'token.reveal');
  const earlier = first ? undefined : await findAnswer(sql, attempt);
  if (earlier) requireSame(earlier, attempt);
}

function broughtBy(vault: Vault, input: TokenizeInput, text: string): Brought {
  const [id = '', secret = ''] = text.split('.');
  return {
    id,
    secretHash: hashOf(secret),
    mode: input.claims.mode,
    origin: input.request.parentOrigin,
    digest: attemptOf(input).digest,
    now: new Date(vault.now()),
  };
}

async function shownBy(
  vault: Vault,
  { claims: { tenant }, requestId }: TokenizeInput,
  { grant, type, envelope }: FoundGrant,
) {
  const place = { tenant, tokenId: grant.token_id, type };
  const kept = await openKept(vault, place, envelope, requestId);
  const lines = linesOf(redact(kept, grant.redaction), grant.fields);
  return { lines, seconds: grant.shown_for };
}
