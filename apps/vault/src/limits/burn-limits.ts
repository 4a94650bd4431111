import type { TicketClaims } from '@hushfield/contract/boot';
import { addressBlock } from '../app/address-block.ts';
import { askOnce, ShortCache } from '../app/short-cache.ts';
import { LeasedLimit } from './leased-limit.ts';
import { errorOfRefusal, type Limited, meansOf } from './leases.ts';

/** For as long as a ticket may hold. */
const BURNT = { lifeMs: 1_800_000, max: 10_000 };

/**
 * How often tickets are burnt. A ticket is free, and takes no part in its burning: one of them would be a statement
 * of twenty rows as often as somebody likes. So each is burnt once by a node; and a block of addresses
 * burns so many, since tickets can be gathered.
 */
export class BurnLimits {
  readonly #address: LeasedLimit;
  readonly #burnt: ShortCache<Promise<void>>;
  readonly #hits: Limited['metrics']['http']['limits'];

  constructor(vault: Limited) {
    const { burnsPerAddress } = vault.limits;
    this.#address = new LeasedLimit('burn/address', burnsPerAddress, meansOf(vault, 'api'));
    this.#burnt = new ShortCache(BURNT, vault.steady);
    this.#hits = vault.metrics.http.limits;
  }

  /**
   * Burns a ticket, unless this node has. What fails is not remembered, and may be tried again.
   *
   * @throws VaultError `rate_limited` when the address's block has burnt its share.
   */
  async once(address: string, ticket: TicketClaims, burn: () => Promise<void>): Promise<void> {
    await askOnce(this.#burnt, `${ticket.tenant}/${ticket.nonce}`, async () => {
      await this.#takeFrom(address);
      await burn();
    });
  }

  async #takeFrom(address: string): Promise<void> {
    const refusal = await this.#address.take(addressBlock(address));
    if (refusal === undefined) return;
    this.#hits.add({ limit: 'burn/address', cause: refusal.cause });
    throw errorOfRefusal(refusal, 'limit_address');
  }
}
