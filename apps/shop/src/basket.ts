/** One line of the order; prices in cents. */
export type Line = { readonly title: string; readonly detail: string; readonly cents: number };

/** What is being bought. The server owns the price: a page never says what it pays. */
export const BASKET: readonly Line[] = [
  { title: 'Kettle', detail: '0.9 l, matte sage', cents: 64_00 },
  { title: 'House blend', detail: '500 g, whole beans', cents: 18_50 },
];

export const SHIPPING_CENTS = 4_90;

export const TOTAL_CENTS = BASKET.reduce((sum, line) => sum + line.cents, SHIPPING_CENTS);

const euros = new Intl.NumberFormat('en-IE', { style: 'currency', currency: 'EUR' });

/** @example price(64_00) // '€64.00' */
export function price(cents: number): string {
  return euros.format(cents / 100);
}
