import { randomInt, randomUUID } from 'node:crypto';
import { BackendToken } from '../../packages/contract/src/api/index.ts';
import { type Asked, type Heard, insist, kindOf, type Outcome } from './ask.ts';
import { newCard } from './cards.ts';
import { Closed, type Entry, type Ledger, type Making } from './ledger.ts';
import type { Shopper } from './shopper.ts';
import type { Tally } from './tally.ts';

export type Counter = {
  readonly ledger: Ledger;
  readonly tally: Tally;
  /** Where the next request goes. */
  readonly base: () => string;
  readonly secretKey: string;
  /** Refusals of a sealed card that a fault may cause by what is promised, such as `401 unauthorized`. */
  readonly allowed: ReadonlySet<string>;
};

/** How often of a hundred acts each is done. */
const SHARES = [
  ['tokenize', 35],
  ['import', 20],
  ['get', 15],
  ['update', 12],
  ['reveal', 10],
  ['delete', 8],
] as const;
type Act = (typeof SHARES)[number][0];

const DAY_MS = 24 * 60 * 60_000;

/** A shopper and a backend: makes tokens by both ways, and works on its own. */
export class Client {
  readonly #counter: Counter;
  readonly #shopper: Shopper;
  readonly #own: Entry[] = [];

  constructor(counter: Counter, shopper: Shopper) {
    this.#counter = counter;
    this.#shopper = shopper;
  }

  /** Does one act to its end. */
  async step(givenUp: () => boolean): Promise<void> {
    const act = drawn();
    if (act === 'import') return this.#make(this.#importing());
    const entry = this.#own[this.#own.length === 0 ? 0 : randomInt(this.#own.length)];
    if (act === 'tokenize' || entry === undefined) {
      const making = await this.#shopper.next(givenUp);
      return making === undefined ? undefined : this.#make(making);
    }
    return this[act](entry);
  }

  async get(entry: Entry): Promise<void> {
    const { heard } = await this.#ask(entry, 'GET');
    if (heard.kind !== 'answer') return this.#refused(heard, 'get');
    const token = BackendToken.safeParse(heard.body);
    const { id, making } = entry;
    if (!token.success) return this.#wrong(`get ${id} answers another shape`);
    const note = token.data.metadata['note'] ?? '';
    const { type } = token.data;
    if (type !== 'card' || token.data.card.last4 !== making.card.number.slice(-4))
      this.#wrong(`${id} is another card's`);
    if (!entry.notes.includes(note)) this.#counter.ledger.note('lost', `an update of ${id}`);
  }

  async update(entry: Entry): Promise<void> {
    const note = `n${randomInt(1_000_000)}`;
    const before = entry.notes;
    entry.notes = [...before, note];
    const { heard, sent } = await this.#ask(entry, 'PATCH', {
      metadata: { note },
      expiresAt: null,
    });
    entry.updates.sent += sent;
    if (heard.kind !== 'answer') return this.#refused(heard, 'update');
    entry.updates.acknowledged += 1;
    entry.notes = [note];
  }

  async reveal(entry: Entry): Promise<void> {
    const { id, making } = entry;
    const path = `/v1/tokens/${id}/reveal`;
    const asked = this.#asked('POST', path, { redaction: 'plain' });
    const { heard, sent } = await this.#insist(asked);
    entry.reveals.sent += sent;
    if (heard.kind !== 'answer') return this.#refused(heard, 'reveal');
    entry.reveals.acknowledged += 1;
    entry.seen = true;
    const shown = Object(heard.body);
    const { number, expMonth, expYear } = making.card;
    const same =
      shown.number === number && shown.expMonth === expMonth && shown.expYear === expYear;
    if (!same) this.#wrong(`${id} reveals another card`);
  }

  async delete(entry: Entry): Promise<void> {
    entry.deleted = 'maybe';
    this.#own.splice(this.#own.indexOf(entry), 1);
    const { heard, sent } = await this.#ask(entry, 'DELETE');
    // The answer that was lost had said that it is deleted.
    const isGone = heard.kind === 'refusal' && heard.problem.code === 'not_found' && sent > 1;
    if (heard.kind !== 'answer' && !isGone) return this.#refused(heard, 'delete');
    entry.deleted = 'yes';
  }

  async #make(making: Making): Promise<void> {
    const { ledger } = this.#counter;
    const { heard } = await this.#insist(making.asked);
    if (heard.kind !== 'answer') {
      ledger.unanswered.push(making);
      return this.#refused(heard, making.by);
    }
    try {
      this.#own.push(ledger.made(making, await making.idIn(heard.body)));
    } catch (error) {
      const said = error instanceof Closed ? error.message : 'what is no answer';
      this.#wrong(`${making.by} was answered with ${said}`);
    }
  }

  #importing(): Making {
    const card = newCard();
    const { secretKey } = this.#counter;
    return {
      ...{ by: 'token.import', card, until: performance.now() + DAY_MS },
      asked: {
        ...{ method: 'POST', path: '/v1/tokens', body: JSON.stringify(card) },
        headers: { authorization: `Bearer ${secretKey}`, 'idempotency-key': randomUUID() },
      },
      idIn: async (body) => BackendToken.parse(body).id,
    };
  }

  #ask({ id }: Entry, method: Asked['method'], body?: object): Promise<Outcome> {
    return this.#insist(this.#asked(method, `/v1/tokens/${id}`, body));
  }

  #asked(method: Asked['method'], path: string, body?: object): Asked {
    const headers = { authorization: `Bearer ${this.#counter.secretKey}` };
    return { method, path, headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) };
  }

  #insist(asked: Asked): Promise<Outcome> {
    return insist(this.#counter.base, asked, this.#counter.tally);
  }

  /** What a fault causes must be typed, and may be asked again. */
  #refused(heard: Heard, act: string): void {
    // A page that is refused loads its frames anew; a backend has no such excuse.
    if (act === 'token.create' && this.#counter.allowed.has(kindOf(heard)))
      return this.#shopper.reload();
    if (heard.kind === 'untyped') return this.#wrong(`${act}: ${kindOf(heard)}`);
    if (heard.kind !== 'refusal') return;
    const { status, problem } = heard;
    // Frames repeat after 503, and not after a mistake of the vault's that would come again.
    if (!problem.retryable || status === 500) this.#wrong(`${act}: ${kindOf(heard)}`);
  }

  #wrong(what: string): void {
    this.#counter.ledger.note('wrong', what);
  }
}

function drawn(): Act {
  let left = randomInt(100);
  for (const [act, share] of SHARES) {
    left -= share;
    if (left < 0) return act;
  }
  return 'get';
}
