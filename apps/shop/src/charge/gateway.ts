import { HushfieldError } from '@hushfield/node';
import { CardIsGone, type Charge, NotCharged, type Payment } from './payment.ts';
import { type Answer, isRefusal, paymentFound, paymentOf } from './read-answer.ts';

/** How long a shopper waits for the gateway. */
const PATIENCE_MS = 8_000;
const CURRENCY = 'EUR';

/** Of the whole client, the one thing that charging needs. */
export type Forwarder = {
  forward(
    wish: {
      destination: string;
      method: 'GET' | 'POST';
      path: string;
      headers?: Record<string, string>;
      body?: Record<string, unknown>;
      timeoutMs: number;
    },
    options: { idempotencyKey?: string },
  ): Promise<Answer>;
};

/** The shop's gateway, which only the vault talks to: the shop has no card to send. */
export class Gateway {
  readonly #vault: Forwarder;
  readonly #destination: string;

  constructor(vault: Forwarder, destination: string) {
    this.#vault = vault;
    this.#destination = destination;
  }

  /**
   * Asks for the money of one order. Under one name from here to the gateway, so that a request that is made again,
   * by whomever on the way, is the same one.
   *
   * @throws NotCharged, CardIsGone
   */
  async authorize({ reference, token, withCode, cents }: Charge): Promise<Payment> {
    const body = {
      amount: { value: cents, currency: CURRENCY },
      card: {
        number: `{{ ${token}.number }}`,
        expiryMonth: `{{ ${token}.expMonth }}`,
        expiryYear: `{{ ${token}.expYear4 }}`,
        ...(withCode ? { cvc: `{{ ${token}.cvc }}` } : {}),
      },
      reference,
    };
    try {
      return paymentOf(await this.#post('/v1/payments', reference, body));
    } catch (error) {
      return isConflict(error) ? this.find(reference) : meaningOf(error);
    }
  }

  /**
   * Passes on what the shopper told the bank. A refusal speaks of this request, such as that it came too late, and not
   * of the money: that is looked up.
   *
   * @throws NotCharged
   */
  async confirm(
    reference: string,
    payment: string,
    outcome: 'approved' | 'refused',
  ): Promise<Payment> {
    const path = `/v1/payments/${payment}/confirmations`;
    try {
      const answer = await this.#post(path, `${reference}-${outcome}`, { outcome });
      return isRefusal(answer) ? await this.find(reference) : paymentOf(answer);
    } catch (error) {
      const isRefused = error instanceof HushfieldError && GONE.has(error.code);
      return isRefused || isConflict(error) ? this.find(reference) : meaningOf(error);
    }
  }

  /** What became of an order that may have been sent. Asking charges nothing. */
  async find(reference: string): Promise<Payment> {
    const path = `/v1/payments?reference=${encodeURIComponent(reference)}`;
    const where = { destination: this.#destination, timeoutMs: PATIENCE_MS };
    try {
      return paymentFound(await this.#vault.forward({ ...where, method: 'GET', path }, {}));
    } catch (error) {
      if (error instanceof HushfieldError) return { state: 'unknown' };
      throw error;
    }
  }

  #post(path: string, name: string, body: Record<string, unknown>): Promise<Answer> {
    const where = { destination: this.#destination, timeoutMs: PATIENCE_MS };
    const headers = { 'idempotency-key': name };
    return this.#vault.forward(
      { ...where, method: 'POST', path, headers, body },
      { idempotencyKey: name },
    );
  }
}

/** Codes that say that with this token nothing can be sent any more; none says that nothing was. */
const GONE = new Set(['cvc_unavailable', 'token_expired', 'not_found']);

/** Something was sent under this name, and it was another request. */
const isConflict = (error: unknown): boolean =>
  error instanceof HushfieldError && error.code === 'idempotency_conflict';

/**
 * Only what says that nothing was sent may be taken so. A vault that was not reached at all may have sent it: under
 * the same name it is asked again, and says what it knows.
 */
function meaningOf(error: unknown): Payment {
  if (!(error instanceof HushfieldError)) throw error;
  if (error.code === 'forward_unknown') return { state: 'unknown' };
  if (GONE.has(error.code)) throw new CardIsGone(error.code);
  if (error.code === 'forward_not_sent') throw new NotCharged(error.code);
  throw error;
}
