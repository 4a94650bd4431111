import type { API, AnswerOf } from '@hushfield/contract/api';
import type { DataKey } from '@hushfield/crypto/envelope';
import { lockName } from '../api/named-request.ts';
import { detailOf } from '../app/log.ts';
import { VaultError } from '../app/vault-error.ts';
import type { Sql } from '../db/sql.ts';
import { EgressError } from '../egress/egress-error.ts';
import { ownDataKey } from '../keys/own-data-key.ts';
import type { By } from '../tokens/change-tokens.ts';
import type { Vault } from '../vault.ts';
import type { Cleaned } from './clean-answer.ts';
import { type Intent, useOf } from './intent.ts';
import { type Outcome, recordAnswer, recordNotSent, recordUnknown } from './outcome.ts';
import type { Answer } from './read-answer.ts';

export type ForwardAnswer = AnswerOf<typeof API.forward>;

/**
 * Keeps an answer and gives what the caller is told. No outcome that is not in the trail is told: where it cannot be
 * written down, it is not known.
 *
 * @throws VaultError `forward_unknown` where it could not be kept.
 */
export async function settleAnswer(
  vault: Vault,
  intent: Intent,
  { answer, echoes }: Cleaned,
  dataKey: DataKey,
): Promise<ForwardAnswer> {
  const { log, metrics } = vault;
  const { by, id, destination } = intent;
  if (echoes)
    log.warn(
      { ...factsOf(by), detail: destination },
      'a destination has sent card data back; it was taken out',
    );
  const words = `${answer.status}${echoes ? ' echo' : ''}`;
  const bytes = Buffer.from(JSON.stringify(answer));
  try {
    await keep(vault, outcomeOf(vault, intent, words, echoes), by.tenant, dataKey, bytes);
  } catch (error) {
    log.error(
      { ...factsOf(by), detail: detailOf(error) },
      `the outcome of ${id} could not be kept`,
    );
    throw VaultError.because('forward_unknown', 'sent_lost');
  } finally {
    bytes.fill(0);
  }
  metrics.forward.outcomes.add({ outcome: echoes ? 'echo' : 'answered' });
  return answerOf(by, id, destination, by.now, answer);
}

/** Under a key of now, where the one at hand was retired while the destination took its time. */
async function keep(
  { sql, keys }: Vault,
  outcome: Outcome,
  tenant: string,
  dataKey: DataKey,
  bytes: Uint8Array,
): Promise<void> {
  if (await recordAnswer(sql, outcome, dataKey, bytes)) return;
  keys.forget(tenant);
  const fresh = await ownDataKey(keys, tenant);
  try {
    if (!(await recordAnswer(sql, outcome, fresh, bytes)))
      throw new VaultError('service_unavailable');
  } finally {
    fresh.key.fill(0);
  }
}

/** Writes down that no whole answer came, and gives what the caller is told. */
export async function settleFailure(
  vault: Vault,
  intent: Intent,
  error: unknown,
): Promise<VaultError> {
  const { sql, log, metrics } = vault;
  const { by, id } = intent;
  const known = error instanceof EgressError ? error.known : 'unknown';
  const words = error instanceof EgressError ? error.reason : 'failed';
  const facts = { ...factsOf(by), detail: detailOf(error) };
  log.warn(facts, `no whole answer came to ${id}: ${known}, ${words}`);
  const nothing = known !== 'unknown';
  metrics.forward.outcomes.add({ outcome: nothing ? 'not_sent' : 'unknown' });
  const outcome = outcomeOf(vault, intent, words);
  // Where it cannot be written down, the intent stands alone in the trail, and the worker says that it does.
  await (nothing ? recordNotSent(sql, outcome) : recordUnknown(sql, outcome)).catch(
    (lost: unknown) =>
      log.error({ ...facts, detail: detailOf(lost) }, `the outcome of ${id} could not be kept`),
  );
  return nothing
    ? VaultError.because('forward_not_sent', 'sent_nothing')
    : VaultError.because('forward_unknown', 'sent_lost');
}

/**
 * The database may have kept an intent whose COMMIT it could not answer: name, codes and grant would be taken for a
 * request that was never sent, and the worker would call it unknown.
 *
 * @throws what was thrown.
 */
export async function takeBack(vault: Vault, intent: Intent, error: unknown): Promise<never> {
  // Whatever a refusal has done is rolled back. Where the database is still away, it is as it was.
  if (error instanceof VaultError) throw error;
  // Behind the name's lock: a COMMIT that waits for a standby holds it, and what it keeps is not seen before.
  const behind = (inside: Sql) => lockName(inside, intent.asked);
  await recordNotSent(vault.sql, outcomeOf(vault, intent, 'outage'), behind).catch(() => {});
  throw error;
}

const factsOf = ({ requestId, tenant }: By) => ({ role: 'api', requestId, tenant }) as const;

function outcomeOf(vault: Vault, intent: Intent, words: string, echoes = false): Outcome {
  return {
    id: intent.id,
    use: useOf(intent),
    grant: intent.grant?.id,
    at: new Date(vault.now()),
    words,
    echoes,
    mode: intent.by.mode,
  };
}

/** What a backend is told of a request that was sent on. */
export function answerOf(
  { mode, requestId }: By,
  id: string,
  destination: string,
  at: Date,
  answer: Answer,
): ForwardAnswer {
  return {
    id,
    object: 'forward',
    mode,
    destination,
    ...answer,
    createdAt: at.toISOString(),
    requestId,
  };
}
