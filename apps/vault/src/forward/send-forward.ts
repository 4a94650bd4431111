import type { DataKey } from '@hushfield/crypto/envelope';
import { newId } from '@hushfield/crypto/token-id';
import { type Asked, type Marks, marksOf } from '../api/named-request.ts';
import { VaultError } from '../app/vault-error.ts';
import { EgressError } from '../egress/egress-error.ts';
import { ownDataKey } from '../keys/own-data-key.ts';
import type { By } from '../tokens/change-tokens.ts';
import type { Vault } from '../vault.ts';
import { type Approved, approve, type ForwardBody } from './approve.ts';
import { Breaker } from './breaker.ts';
import { cleanAnswer } from './clean-answer.ts';
import { denied } from './denied.ts';
import { findForward, type ForwardRow } from './forward-store.ts';
import { InFlight } from './in-flight.ts';
import { type Intent, recordIntent } from './intent.ts';
import { knownForward, type Told } from './known-forward.ts';
import { readTokens } from './read-tokens.ts';
import {
  answerOf,
  type ForwardAnswer,
  settleAnswer,
  settleFailure,
  takeBack,
} from './settle-forward.ts';
import { isGrantUsed } from './use-grant.ts';
import { type WrittenBody, writeBody, writeHeaders } from './write-request.ts';

const MOST_BYTES = 262_144;

/** Sends requests on, with what tokens stand for. */
export class Forwarder {
  readonly #vault: Vault;
  readonly #breaker: Breaker;
  readonly #inFlight = new InFlight();
  /** Beside those that are sent: who repeats has no place of one that could be sent, and polls the database. */
  readonly #waiting = new InFlight();

  constructor(vault: Vault) {
    this.#vault = vault;
    this.#breaker = new Breaker(vault.steady);
  }

  /**
   * Sends a request once for its name, and says what came of it. In this order: what was done under the name, what
   * the record allows, what the tokens stand for, the intent, the first byte, the outcome, the answer.
   *
   * @throws VaultError
   */
  async forward(by: By, asked: Asked, body: ForwardBody): Promise<ForwardAnswer> {
    const all = await marksOf(this.#vault, asked);
    const sql = this.#vault.sql.as('forwarder', by.tenant);
    const earlier = await findForward(sql, asked.key, all);
    const told = earlier && (await this.#known(by, asked, all, earlier));
    if (told !== undefined) return again(by, told);
    const approved = await approve(this.#vault, by, asked, body);
    const leave = requirePlace(this.#inFlight, by);
    try {
      return await this.#try(body.destination, () => this.#begin(by, asked, all, body, approved));
    } finally {
      leave();
    }
  }

  async #known(by: By, asked: Asked, all: readonly Marks[], first: ForwardRow) {
    const leave = first.state === 'under_way' ? requirePlace(this.#waiting, by) : undefined;
    try {
      return await knownForward(this.#vault, by, asked, all, first);
    } finally {
      leave?.();
    }
  }

  /** Not while the destination rests; a try that has sent nothing is the next request's. */
  async #try<T>(destination: string, work: () => Promise<T>): Promise<T> {
    const entered = this.#breaker.enter(destination);
    if (typeof entered === 'number')
      throw VaultError.because('forward_not_sent', 'destination_rests', { retryAfter: entered });
    let isSent = false;
    try {
      return await work();
    } catch (error) {
      isSent = error instanceof VaultError && error.code === 'forward_unknown';
      throw error;
    } finally {
      if (!isSent) entered();
    }
  }

  async #begin(
    by: By,
    asked: Asked,
    all: readonly [Marks, ...Marks[]],
    body: ForwardBody,
    approved: Approved,
  ): Promise<ForwardAnswer> {
    const vault = this.#vault;
    const { plan, record, credentials } = approved;
    const ids = [...plan.uses.keys()];
    const coded = ids.filter((id) => plan.uses.get(id)?.has('cvc') === true);
    const sql = vault.sql.as('forwarder', by.tenant);
    const now = new Date(vault.now());
    if (approved.grant !== undefined && (await isGrantUsed(sql, { ...by, now }, approved.grant))) {
      const first = await findForward(sql, asked.key, all);
      if (first === undefined) throw denied('grant');
      return this.#again(by, asked, all, first);
    }
    const opened = await readTokens(vault, by, sql, ids, coded);
    const written = approved.hasBody
      ? writeBody(body.body, plan, record, credentials, opened)
      : undefined;
    const dataKey = await ownDataKey(vault.keys, by.tenant);
    try {
      const intent: Intent = {
        // Of now: since the request came it may have waited for another under its name, or for the KEK.
        ...{ id: newId('fwd'), by: { ...by, now: new Date(vault.now()) } },
        ...{ asked, marks: all[0], uses: plan.uses, opened },
        ...{ destination: body.destination, approvedAt: approved.approvedAt },
        ...{ grant: approved.grant, within: approved.within },
        authorizes: record.authorizes ?? true,
      };
      const earlier = await recordIntent(vault.sql, intent, all).catch((error: unknown) =>
        takeBack(vault, intent, error),
      );
      if (earlier === undefined) return await this.#send(intent, approved, written, dataKey);
      return await this.#again(by, asked, all, earlier);
    } finally {
      written?.bytes.fill(0);
      dataKey.key.fill(0);
    }
  }

  /** What came of the first request of this name, which was not there yet when this one began. */
  async #again(by: By, asked: Asked, all: readonly Marks[], first: ForwardRow) {
    const told = await knownForward(this.#vault, by, asked, all, first);
    // Whoever had the name has sent nothing; this request may, and is asked for again.
    if (told === undefined) throw VaultError.because('forward_not_sent', 'sent_nothing');
    return again(by, told);
  }

  async #send(
    intent: Intent,
    { url, method, headers, record, credentials, within, isHurried }: Approved,
    written: WrittenBody | undefined,
    dataKey: DataKey,
  ): Promise<ForwardAnswer> {
    const { metrics, egress } = this.#vault;
    const started = performance.now();
    const out = {
      ...{ url, method, within, body: written?.bytes ?? null },
      headers: writeHeaders(record, credentials, headers, written !== undefined),
      maxBytes: record.maxAnswerBytes ?? MOST_BYTES,
    };
    try {
      const incoming = await egress.send(out);
      const cleaned = cleanAnswer(incoming, record, credentials, written?.sent ?? []);
      this.#breaker.note(intent.destination, true);
      return await settleAnswer(this.#vault, intent, cleaned, dataKey);
    } catch (error) {
      if (error instanceof VaultError) throw error;
      if (isOfDestination(error, isHurried)) this.#breaker.note(intent.destination, false);
      throw await settleFailure(this.#vault, intent, error);
    } finally {
      metrics.forward.seconds.observe({}, (performance.now() - started) / 1000);
    }
  }
}

/** Not `forward_not_sent` where there is none: somebody else may be sending it under its name at this moment. */
function requirePlace(places: InFlight, { tenant }: By): () => void {
  const leave = places.enter(tenant);
  if (leave === undefined)
    throw VaultError.because('rate_limited', 'forwards_many', { retryAfter: 1 });
  return leave;
}

/** What was refused to us on this side, or given less time than it may have, says nothing of the destination. */
function isOfDestination(error: unknown, isHurried: boolean): boolean {
  if (!(error instanceof EgressError)) return true;
  return error.known !== 'refused' && !(isHurried && error.reason === 'deadline');
}

function again(by: By, { row, answer }: Told): ForwardAnswer {
  return answerOf(by, row.forward_id, row.destination_id, row.created_at, answer);
}
