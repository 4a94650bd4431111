import { addressBlock } from '../app/address-block.ts';
import { LeasedLimit } from './leased-limit.ts';
import { errorOfRefusal, type Limited, meansOf } from './leases.ts';
import type { Metrics } from '../operate/metrics.ts';
import type { Pricing } from './pricing.ts';

/** How many tickets are issued. A ticket is no proof of a browser, so that it has to be scarce. */
export class TicketLimits {
  readonly #address: LeasedLimit;
  readonly #key: LeasedLimit;
  readonly #pricing: Pricing;
  readonly #hits: Metrics['http']['limits'];

  constructor(vault: Limited) {
    const means = meansOf(vault, 'fields');
    this.#address = new LeasedLimit('ticket/address', vault.limits.ticketsPerAddress, means);
    this.#key = new LeasedLimit('ticket/key', vault.limits.ticketsPerKey, means);
    this.#pricing = vault.pricing;
    this.#hits = vault.metrics.http.limits;
  }

  /** @throws VaultError `rate_limited` when the address's block has had its tickets. */
  async takeFrom(address: string): Promise<void> {
    const refusal = await this.#address.take(addressBlock(address));
    if (refusal === undefined) return;
    this.#hits.add({ limit: 'ticket/address', cause: refusal.cause });
    throw errorOfRefusal(refusal, 'limit_address');
  }

  /** Never refuses; see Pricing. */
  async takeOf(keyId: string): Promise<void> {
    const refusal = await this.#key.take(keyId);
    if (refusal !== undefined) this.#hits.add({ limit: 'ticket/key', cause: refusal.cause });
    if (refusal?.cause === 'spent') this.#pricing.raise(keyId);
  }
}
