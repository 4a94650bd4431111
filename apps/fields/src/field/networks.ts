import type { Brand } from '@hushfield/card';

/**
 * Which networks a card may be paid by, of those that it runs on: what the merchant's session takes, as the
 * controller tells it and never the page; and of several the one that its holder chooses (EU 2015/751, article
 * 8 (6)). A merchant may preselect one, and no more.
 */
export class Networks {
  #allowed: readonly Brand[] | null | undefined;
  #first: readonly string[] | undefined;
  readonly #preferred: () => readonly string[] | undefined;
  readonly #isShown: () => boolean;

  /**
   * @param preferred - by the page, best first; what names no network of a card means nothing. What it gives
   *   first stays: a page must not change what a shopper has seen and let stand.
   * @param isShown - whether a choice can be seen: what nobody could see, nobody has let stand.
   */
  constructor(preferred: () => readonly string[] | undefined, isShown: () => boolean) {
    this.#preferred = preferred;
    this.#isShown = isShown;
  }

  /** @param brands - null for all. Until this was called no brand is refused, and no choice offered. */
  allow(brands: readonly Brand[] | null): void {
    this.#allowed = brands;
  }

  /** Those of a card's networks that are taken. */
  taken(networks: readonly Brand[]): readonly Brand[] {
    return networks.filter((network) => this.#allowed?.includes(network) ?? true);
  }

  /** Whether a card is refused because of its brand; one that no range is known of too, where brands are named. */
  refuses(networks: readonly Brand[]): boolean {
    return this.taken(networks).length === 0 && Boolean(this.#allowed);
  }

  /** The networks to choose from; none where there is no choice. */
  offered(networks: readonly Brand[]): readonly Brand[] {
    const taken = this.taken(networks);
    const isChoice = this.#isShown() && this.#allowed !== undefined && taken.length > 1;
    return isChoice ? taken : [];
  }

  /** @param picked - by the holder, for this very number. */
  chosen(networks: readonly Brand[], picked: string | undefined): Brand | undefined {
    const offered = this.offered(networks);
    this.#first ??= this.#preferred();
    const wished = [picked, ...(this.#first ?? [])];
    return wished.flatMap((wish) => offered.find((network) => network === wish) ?? [])[0];
  }
}
