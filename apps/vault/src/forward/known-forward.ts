import { setTimeout as sleep } from 'node:timers/promises';
import { envelopeDataKeyId, openEnvelope } from '@hushfield/crypto/envelope';
import { type Asked, type Marks, requireSameRequest } from '../api/named-request.ts';
import { VaultError } from '../app/vault-error.ts';
import type { By } from '../tokens/change-tokens.ts';
import type { Vault } from '../vault.ts';
import { findForward, type ForwardRow } from './forward-store.ts';
import { forwardPlace, recordUnknown } from './outcome.ts';
import { Answer } from './read-answer.ts';

const FIRST_PAUSE_MS = 50;
const LONGEST_PAUSE_MS = 1_000;

/** What was answered before, of which request. */
export type Told = { readonly row: ForwardRow; readonly answer: Answer };

/**
 * What is known of a request that was asked for before under this name: its answer, once there is one. Nothing is
 * sent. While it is under way, whoever asks again waits as long as the first may; once nobody can be waiting any
 * more, because a process has died with it, this says so, for good.
 *
 * @returns nothing when it is known by now that nothing was sent, so that the name is free.
 * @throws VaultError `idempotency_conflict` for other contents; `forward_unknown`.
 */
export async function knownForward(
  vault: Vault,
  by: By,
  asked: Asked,
  all: readonly Marks[],
  first: ForwardRow,
): Promise<Told | undefined> {
  requireSameRequest(all, first);
  const sql = vault.sql.as('forwarder', by.tenant);
  // By this machine's own clock too: that of the database's rows may be set back under us.
  const ends = performance.now() + (first.overdue_at.getTime() - first.created_at.getTime());
  let row: ForwardRow | undefined = first;
  for (let pause = FIRST_PAUSE_MS; row?.state === 'under_way'; pause *= 2) {
    if (vault.now() > row.overdue_at.getTime()) await giveUp(vault, by, row);
    else if (performance.now() > ends) throw new VaultError('service_unavailable');
    else await sleep(Math.min(pause, LONGEST_PAUSE_MS));
    row = await findForward(sql, asked.key, all);
  }
  if (row === undefined) return undefined;
  if (row.answer === null) throw VaultError.because('forward_unknown', 'sent_lost');
  return { row, answer: await openAnswer(vault, by.tenant, row.forward_id, row.answer) };
}

async function giveUp(vault: Vault, by: By, row: ForwardRow): Promise<void> {
  const { tenant, actor, address, requestId } = by;
  const { tokens, destination_id: destination } = row;
  const use = { tenant, actor, address, requestId, tokens, destination };
  const at = new Date(vault.now());
  const { forward_id: id } = row;
  const words = 'overdue';
  const outcome = { id, use, grant: undefined, at, mode: by.mode, echoes: false, words };
  await recordUnknown(vault.sql, outcome);
}

async function openAnswer(
  { keys }: Vault,
  tenant: string,
  id: string,
  envelope: Uint8Array,
): Promise<Answer> {
  const dataKey = await keys.dataKey(tenant, envelopeDataKeyId(envelope));
  const opened = openEnvelope(() => dataKey, forwardPlace(tenant, id), envelope);
  return Answer.parse(JSON.parse(Buffer.from(opened).toString('utf8')));
}
