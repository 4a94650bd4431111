import { CryptoError, envelopeDataKeyId } from '@hushfield/crypto/envelope';
import { detailOf } from '../app/log.ts';
import { seconds } from '../clock.ts';
import { EgressError } from '../egress/egress-error.ts';
import { KeysUnavailable } from '../keys/kek/kek.ts';
import type { Vault } from '../vault.ts';
import type { Claimed } from './claim-deliveries.ts';
import { disableEndpoint, isGivenUp } from './disable-endpoint.ts';
import { judgeAnswer, judgeFailure, type Outcome } from './judge-answer.ts';
import { release, settle } from './settle.ts';
import { signWebhook } from './sign-webhook.ts';
import { openSecret, type WebhookSecret, wipeSecret } from './webhook-secret.ts';

/** Of a try, as the specification proposes. */
const WITHIN_MS = 15_000;
/** Nobody reads it; it is there so that a receiver with a word to say is no failure. */
const MOST_ANSWER = 65_536;
/** Until a KEK may be there again. */
const KEYS_AGAIN_MS = 30_000;

const NOT_SIGNED: Outcome = { reason: 'not_signed', status: null, wish: 0 };

export type Delivering = Pick<
  Vault,
  'sql' | 'now' | 'steady' | 'log' | 'webhookEgress' | 'metrics'
> & {
  readonly keys: Pick<Vault['keys'], 'dataKey'>;
};

/** Tries one delivery, and writes down what came of it. Never rejects for what an endpoint can cause. */
export async function deliver(
  vault: Delivering,
  claimed: Claimed,
  signal: AbortSignal,
): Promise<void> {
  const sql = vault.sql.as('worker');
  const started = performance.now();
  const startedAt = new Date(vault.now());
  const outcome = await attempt(vault, claimed, signal);
  if (outcome === 'ours') {
    const again = signal.aborted ? 0 : KEYS_AGAIN_MS;
    await release(sql, claimed, new Date(vault.now() + again));
    vault.metrics.webhooks.deliveries.observe({ outcome: 'released' }, 0);
    return;
  }
  const durationMs = performance.now() - started;
  vault.metrics.webhooks.deliveries.observe({ outcome: outcome.reason }, durationMs / 1_000);
  const standing = await settle(sql, claimed, { outcome, startedAt, durationMs }, vault.now());
  if (outcome.reason === 'gone') await disableEndpoint(vault, claimed, 'gone');
  else if (standing !== undefined && isGivenUp(standing, vault.now()))
    await disableEndpoint(vault, claimed, 'failing');
}

/** `ours` where it says nothing of the endpoint: our keys are away, or we are ending. */
async function attempt(
  vault: Delivering,
  claimed: Claimed,
  signal: AbortSignal,
): Promise<Outcome | 'ours'> {
  const { log, webhookEgress, now } = vault;
  try {
    const body = bodyOf(claimed);
    const headers = await headersOf(vault, claimed, body);
    const url = new URL(claimed.url);
    const answer = await webhookEgress.send({
      ...{ url, method: 'POST', headers, body: Buffer.from(body) },
      ...{ within: WITHIN_MS, maxBytes: MOST_ANSWER, signal },
    });
    return judgeAnswer(answer, now());
  } catch (error) {
    if (error instanceof KeysUnavailable) return 'ours';
    const { tenant, event_id: event } = claimed;
    if (error instanceof EgressError) {
      const reason = error.code === undefined ? error.reason : `${error.reason} (${error.code})`;
      log.info({ role: 'worker', tenant, detail: reason }, 'webhook not delivered');
      return judgeFailure(error) ?? 'ours';
    }
    if (!(error instanceof CryptoError)) throw error;
    // Moved, changed, or under a key that is destroyed: nobody can tell the endpoint in our name.
    log.error({ role: 'worker', tenant, detail: detailOf(error) }, `webhook ${event} not signed`);
    return NOT_SIGNED;
  }
}

/** The same bytes at each try. */
export function bodyOf({ event_id, type, mode, at, data }: Claimed): string {
  const timestamp = at.toISOString();
  return JSON.stringify({ id: event_id, object: 'event', type, mode, timestamp, data });
}

async function headersOf(vault: Delivering, claimed: Claimed, body: string) {
  const message = { id: claimed.event_id, timestamp: seconds(vault.now()), body };
  return [
    ['content-type', 'application/json'],
    ['user-agent', 'Hushfield-Webhooks/1'],
    ['webhook-id', message.id],
    ['webhook-timestamp', String(message.timestamp)],
    ['webhook-signature', await signed(vault, claimed, message)],
  ] as const;
}

async function signed(
  { keys }: Delivering,
  { tenant, secrets }: Claimed,
  message: { readonly id: string; readonly timestamp: number; readonly body: string },
): Promise<string> {
  const opened: WebhookSecret[] = [];
  try {
    for (const { record, envelope } of secrets) {
      // Used at once: what the store gives out may be wiped over the next await.
      const dataKey = await keys.dataKey(tenant, envelopeDataKeyId(envelope));
      opened.push(openSecret(dataKey, tenant, record, envelope));
    }
    if (opened.length === 0) throw new CryptoError('envelope_invalid');
    return signWebhook(opened, message);
  } finally {
    opened.forEach(wipeSecret);
  }
}
