import type { ForwardField } from '@hushfield/contract/api';
import { type Asked, lockName, type Marks, NAME_LIFE_MS } from '../api/named-request.ts';
import { VaultError } from '../app/vault-error.ts';
import { atOnce } from '../db/at-once.ts';
import type { Database, Sql } from '../db/sql.ts';
import type { By } from '../tokens/change-tokens.ts';
import { findForward, type ForwardRow, noteUse, type Use } from './forward-store.ts';
import { isSecret } from './parts-of.ts';
import type { Opened } from './read-tokens.ts';
import { useGrant, type WantedGrant } from './use-grant.ts';

/** For so long after its time a process may still be writing down what came of it. */
const SLACK_MS = 10_000;

/** What is about to be sent. */
export type Intent = {
  readonly id: string;
  readonly by: By;
  readonly asked: Asked;
  readonly marks: Marks;
  readonly destination: string;
  /** When it was last changed, as it was read. Not its envelope, which a rotation of keys writes anew. */
  readonly approvedAt: Date;
  readonly uses: ReadonlyMap<string, ReadonlySet<ForwardField>>;
  readonly opened: ReadonlyMap<string, Opened>;
  readonly grant: WantedGrant | undefined;
  readonly within: number;
  /** Whether codes of these cards are for this request, also where it does not send them. */
  readonly authorizes: boolean;
};

/** What was done under the name before; nothing where this is the first. */
type Earlier = ForwardRow | undefined;

/**
 * Commits, before the first byte leaves, that it is going to be sent: the name is taken, the grant is used, the
 * codes are held, the tokens are there, and the entries stand in the trail. All of it, or none and nothing is sent.
 *
 * @throws VaultError `not_found`, `cvc_unavailable`, `policy_denied` for a grant.
 */
export async function recordIntent(
  sql: Database,
  intent: Intent,
  all: readonly Marks[],
): Promise<Earlier> {
  const { tenant } = intent.by;
  return sql.transaction({ role: 'forwarder', tenant }, async (inside) => {
    const [, earlier] = await Promise.all([
      lockName(inside, intent.asked),
      findForward(inside, intent.asked.key, all),
    ]);
    if (earlier !== undefined) return earlier;
    const { grant, by, id } = intent;
    await atOnce([
      lockTokens(inside, intent),
      requireApproved(inside, intent),
      holdCodes(inside, intent),
      ...(grant === undefined ? [] : [useGrant(inside, by, grant, id)]),
      insert(inside, intent),
      noteUse(inside, useOf(intent), 'forward.intent', by.now, sentOf(intent)),
    ]);
    return undefined;
  });
}

/** Whose trail it stands in, and who did it. */
export function useOf({ by, uses, destination, grant }: Intent): Use {
  const { tenant, actor, address, requestId } = by;
  const whole = grant === undefined ? actor : `${actor}/${grant.id}`;
  return { tenant, actor: whole, address, requestId, tokens: [...uses.keys()], destination };
}

/** With each token, where it goes and what of it that nobody may keep. */
function sentOf({ id, destination, uses }: Intent): string[] {
  const parts = [...uses.values()].map((fields) => [...fields].filter(isSecret).join());
  return (parts.length === 0 ? [''] : parts).map((sent) => `${id} ${destination} ${sent}`.trim());
}

/** One that is being deleted is waited for, and is then not there. */
async function lockTokens(sql: Sql, { by, uses }: Intent): Promise<void> {
  if (uses.size === 0) return;
  const { tenant, mode, now } = by;
  const tokens = await sql.query(
    `SELECT token_id FROM tokens WHERE tenant = $1 AND mode = $2 AND token_id = ANY ($3::text[])
       AND (expires_at IS NULL OR expires_at > $4) ORDER BY token_id FOR KEY SHARE`,
    [tenant, mode, [...uses.keys()], now],
    'lock-forwarded',
  );
  if (tokens.length < uses.size)
    throw VaultError.because('not_found', 'record_missing', { field: 'body' });
}

async function requireApproved(sql: Sql, { by, destination, approvedAt }: Intent): Promise<void> {
  const [found] = await sql.query(
    `SELECT FROM destinations WHERE tenant = $1 AND mode = $2 AND destination_id = $3
       AND disabled_at IS NULL AND updated_at = $4`,
    [by.tenant, by.mode, destination, approvedAt],
    'find-approved',
  );
  if (found === undefined) throw VaultError.because('not_found', 'destination_gone');
}

/**
 * A code that is sent is held by this request alone: two that come at once cannot both be the one authorization
 * that it is for. Codes of cards that are sent without theirs are held too, where nobody else does: they die with
 * the same answer.
 */
async function holdCodes(sql: Sql, { id, by, uses, opened, authorizes }: Intent): Promise<void> {
  const sent = [...uses].flatMap(([token, fields]) => (fields.has('cvc') ? [token] : []));
  const envelopes = sent.map((token) => opened.get(token)?.codeEnvelope ?? Buffer.of());
  const own = sql.query(
    `UPDATE security_codes code SET held_by = $2
     FROM unnest($3::text[], $4::bytea[]) AS sent (token_id, envelope)
     WHERE code.tenant = $1 AND code.token_id = sent.token_id AND code.envelope = sent.envelope
       AND code.expires_at > $5 AND code.held_by IS NULL RETURNING code.token_id`,
    [by.tenant, id, sent, envelopes, by.now],
    'hold-codes',
  );
  const others = authorizes
    ? sql.query(
        `UPDATE security_codes SET held_by = $2
         WHERE tenant = $1 AND token_id = ANY ($3::text[]) AND held_by IS NULL`,
        [by.tenant, id, [...uses.keys()]],
        'hold-other-codes',
      )
    : Promise.resolve();
  await atOnce([own, others]);
  if ((await own).length < sent.length)
    throw VaultError.because('cvc_unavailable', 'code_gone', { field: 'body' });
}

async function insert(sql: Sql, intent: Intent): Promise<void> {
  const { id, by, asked, marks, destination, uses, within } = intent;
  const begun = by.now.getTime();
  await sql.query(
    `INSERT INTO forwards (tenant, forward_id, mode, key_id, name, request, destination_id, tokens, state,
       actor, created_at, overdue_at, expires_at)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 'under_way', $9, $10, $11, $12)`,
    [
      ...[by.tenant, id, by.mode, asked.key.keyId, marks.name, marks.request, destination],
      ...[[...uses.keys()], useOf(intent).actor, by.now],
      ...[new Date(begun + within + SLACK_MS), new Date(begun + NAME_LIFE_MS)],
    ],
    'insert-forward',
  );
}
