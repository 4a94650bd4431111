import { createHmac, randomBytes } from 'node:crypto';
import { Refusal } from './refusal.ts';

export type Answer = { readonly status: number; readonly body: object };

/** A request that may come again: whose, under which name, and all that was said. */
type Named = {
  readonly account: string;
  readonly route: string;
  readonly key: string | undefined;
  readonly said: unknown;
};

type Kept = { readonly digest: string; readonly answer: Answer };

/**
 * Gives a request that comes again under the same key the answer that it had, also where the first never
 * arrived: nothing is charged twice. Without a key, each is another.
 */
export class AnswerOnce {
  readonly #kept = new Map<string, Kept>();
  // A plain digest of a request with a card in it would be as good as the card.
  readonly #secret = randomBytes(32);

  /** @throws Refusal when the key was used for something else. */
  answer(named: Named, work: () => Answer): Answer {
    if (named.key === undefined) return work();
    const place = JSON.stringify([named.account, named.key]);
    const digest = this.#digest([named.route, named.said]);
    const kept = this.#kept.get(place);
    if (kept === undefined) {
      const answer = work();
      this.#kept.set(place, { digest, answer });
      return answer;
    }
    if (kept.digest === digest) return kept.answer;
    throw new Refusal(409, 'idempotency_conflict', 'This key was used for another request.');
  }

  #digest(said: unknown): string {
    return createHmac('sha256', this.#secret).update(JSON.stringify(said)).digest('hex');
  }
}
