import type { DataKey, EnvelopeContext } from '@hushfield/crypto/envelope';
import { sealEnvelope } from '@hushfield/crypto/envelope';
import { atOnce } from '../db/at-once.ts';
import type { Database, Sql } from '../db/sql.ts';
import { emitEvent } from '../events/emit-event.ts';
import { KEYS_IN_FORCE } from '../keys/key-in-force.ts';
import { noteUse, type Use } from './forward-store.ts';
import { giveBack } from './use-grant.ts';

const SCHEMA_VERSION = 1;

/** Where the envelope of an answer lies; it opens nowhere else. */
export function forwardPlace(tenant: string, id: string): EnvelopeContext {
  return {
    table: 'forwards',
    column: 'answer',
    tenant,
    record: id,
    class: 'secret',
    schemaVersion: SCHEMA_VERSION,
  };
}

/** What became of a request, and what is kept of it. */
export type Outcome = {
  readonly id: string;
  readonly use: Use;
  readonly grant: string | undefined;
  readonly at: Date;
  readonly mode: 'test' | 'live';
  /** That card data came back, and was taken out. */
  readonly echoes: boolean;
  /** As it stands in the trail: a constant word, or a status. */
  readonly words: string;
};

/**
 * Keeps an answer, and forgets every code that was for it, in the transaction that says so. False when the data key
 * was retired since it was read. A late answer is better than a report that none is known, and stands beside it.
 */
export async function recordAnswer(
  sql: Database,
  { id, use, at, words, mode, echoes }: Outcome,
  dataKey: DataKey,
  answer: Uint8Array,
): Promise<boolean> {
  const { tenant } = use;
  const sealed = sealEnvelope(dataKey, forwardPlace(tenant, id), answer);
  const work = sql.transaction({ role: 'forwarder', tenant }, async (inside) => {
    const kept = inside.query(
      `UPDATE forwards SET state = 'answered', answer = $3, data_key_id = $4
       WHERE tenant = $1 AND forward_id = $2 AND state IN ('under_way', 'unknown')
         AND ${KEYS_IN_FORCE('$1', '$4')} RETURNING forward_id`,
      [tenant, id, sealed, dataKey.id],
      'keep-forwarded',
    );
    await atOnce([
      kept,
      forgetCodes(inside, tenant, id),
      noteUse(inside, use, 'forward.outcome', at, [`${id} answered ${words}`]),
      ...(echoes ? [tellOfEcho(inside, use, mode, at)] : []),
    ]);
    if ((await kept).length === 0) throw new NotKept();
    return true;
  });
  return work.catch((error: unknown) => {
    if (error instanceof NotKept) return false;
    throw error;
  });
}

/** Nothing of it stays. */
class NotKept extends Error {}

/** Which token it was is told where there was but one. */
async function tellOfEcho(
  sql: Sql,
  { tenant, destination, tokens: [token, ...others] }: Use,
  mode: 'test' | 'live',
  at: Date,
): Promise<void> {
  const data = { destination, token: others.length === 0 ? (token ?? null) : null };
  await emitEvent(sql, { tenant, mode, type: 'echo.detected', at, data });
}

/**
 * Says that it is not known what came of a request: its name stays taken, and nothing is sent under it again. Its
 * codes are gone too. It may have been an authorization, and a code may not be kept beyond one (PCI DSS 3.3.1);
 * a shopper who must type three digits again is the lesser harm.
 *
 * @returns whether this was the first to say so.
 */
export async function recordUnknown(
  sql: Database,
  { id, use, at, words }: Outcome,
): Promise<boolean> {
  const { tenant } = use;
  return sql.transaction({ role: 'forwarder', tenant }, async (inside) => {
    const told = await inside.query(
      `UPDATE forwards SET state = 'unknown'
       WHERE tenant = $1 AND forward_id = $2 AND state = 'under_way' RETURNING forward_id`,
      [tenant, id],
      'forward-unknown',
    );
    if (told.length === 0) return false;
    await forgetCodes(inside, tenant, id);
    await noteUse(inside, use, 'forward.outcome', at, [`${id} unknown ${words}`]);
    return true;
  });
}

/**
 * Nothing was sent: codes and grant are as they were, and the name may be used again. Nothing for an intent that is
 * none.
 *
 * @param first - in the same transaction, before it looks.
 */
export async function recordNotSent(
  sql: Database,
  { id, use, grant, at, words }: Outcome,
  first: (inside: Sql) => Promise<void> = async () => {},
): Promise<void> {
  const { tenant } = use;
  await sql.transaction({ role: 'forwarder', tenant }, async (inside) => {
    await first(inside);
    const told = await inside.query(
      `UPDATE forwards SET state = 'not_sent', name = NULL
       WHERE tenant = $1 AND forward_id = $2 AND state IN ('under_way', 'unknown') RETURNING forward_id`,
      [tenant, id],
      'forward-not-sent',
    );
    if (told.length === 0) return;
    await inside.query(
      'UPDATE security_codes SET held_by = NULL WHERE tenant = $1 AND held_by = $2',
      [tenant, id],
      'let-codes-go',
    );
    if (grant !== undefined) await giveBack(inside, tenant, grant, id);
    await noteUse(inside, use, 'forward.outcome', at, [`${id} not_sent ${words}`]);
  });
}

async function forgetCodes(sql: Sql, tenant: string, id: string): Promise<void> {
  const values = [tenant, id];
  await sql.query(
    'DELETE FROM security_codes WHERE tenant = $1 AND held_by = $2',
    values,
    'forget-codes',
  );
}
