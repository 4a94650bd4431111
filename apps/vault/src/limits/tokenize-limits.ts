import type { SessionClaims } from '@hushfield/contract/boot';
import { addressBlock } from '../app/address-block.ts';
import { LeasedLimit } from './leased-limit.ts';
import { errorOfRefusal, Leases, type Limited, meansOf, type Refusal } from './leases.ts';
import type { LimitName, Metrics } from '../operate/metrics.ts';
import type { Pricing } from './pricing.ts';

/** Who asks for a token: the key of a verified ticket and, where there is one, a verified session. */
export type Caller = {
  readonly key: string;
  readonly session: Pick<SessionClaims, 'id' | 'attempts' | 'exp'> | undefined;
  /** Whether these very bytes were answered before: a frame whose answer was lost sends them again. */
  readonly isRepeat: () => Promise<boolean>;
};

const BIN_DIGITS = 8;

/**
 * How many cards may be tried. The attempts of one ticket are counted apart, in the statement that
 * stores the answer, and exactly.
 */
export class TokenizeLimits {
  readonly #address: LeasedLimit;
  readonly #session: Leases;
  readonly #bin: LeasedLimit;
  readonly #key: LeasedLimit;
  readonly #pricing: Pricing;
  readonly #hits: Metrics['http']['limits'];

  constructor(vault: Limited) {
    const means = meansOf(vault, 'api');
    const { limits } = vault;
    this.#address = new LeasedLimit('tokenize/address', limits.tokenizePerAddress, means);
    this.#session = new Leases('tokenize/session', means);
    this.#bin = new LeasedLimit('tokenize/bin', limits.tokenizePerBin, means);
    this.#key = new LeasedLimit('tokenize/key', limits.tokenizePerKey, means);
    this.#pricing = vault.pricing;
    this.#hits = vault.metrics.http.limits;
  }

  /**
   * Counts all that is known before a seal is opened. The key's limit only raises its price.
   *
   * @returns whether it has just done so.
   * @throws VaultError `rate_limited` when the address's block or the session has had its share,
   * `service_unavailable` when nobody can say.
   */
  async take(address: string, { key, session, isRepeat }: Caller): Promise<boolean> {
    const block = this.#noted('tokenize/address', await this.#address.take(addressBlock(address)));
    if (block !== undefined) throw errorOfRefusal(block, 'limit_address');
    const refusal = this.#noted('tokenize/session', await this.#takeOf(session));
    // A session is for few cards, and the last of them must not be made and then told to nobody.
    if (refusal !== undefined && !(await isRepeat()))
      throw errorOfRefusal(refusal, 'limit_session');
    const over = this.#noted('tokenize/key', await this.#key.take(key));
    return over?.cause === 'spent' && this.#pricing.raise(key);
  }

  #noted(limit: LimitName, refusal: Refusal | undefined): Refusal | undefined {
    if (refusal !== undefined) this.#hits.add({ limit, cause: refusal.cause });
    return refusal;
  }

  /** For as long as it lasts, whatever the clock's hours: a session says itself how many cards it is for. */
  async #takeOf(session: Caller['session']): Promise<Refusal | undefined> {
    if (session === undefined) return undefined;
    const { id, attempts, exp } = session;
    return this.#session.take(() => ({ limit: attempts, window: 0, endsAt: exp * 1000 }), [id]);
  }

  /**
   * Whether a card's BIN still had a share at this tenant: who enumerates the numbers of one issuer
   * comes from many addresses. Of one tenant, since else one merchant's page would be a lever on the
   * shoppers of all.
   *
   * @throws VaultError `service_unavailable` when nobody can say.
   */
  async takeBin(tenant: string, number: string): Promise<boolean> {
    const taken = await this.#bin.take(tenant, number.slice(0, BIN_DIGITS));
    const refusal = this.#noted('tokenize/bin', taken);
    if (refusal?.cause === 'outage') throw errorOfRefusal(refusal, 'limit_bin');
    return refusal === undefined;
  }
}
