import type { ElementType } from '@hushfield/sdk';

/** Every element of the SDK. */
export const TYPES = [
  'card',
  'cardNumber',
  'cardExpiry',
  'cardCvc',
  'cardholderName',
  'postalCode',
  'iban',
  'accountNumber',
  'text',
  'reveal',
  'copyButton',
] as const satisfies readonly ElementType[];

type Capital<L extends string> = L extends Lowercase<L> ? L : `-${Lowercase<L>}`;
type Kebab<N extends string> = N extends `${infer L}${infer Rest}`
  ? `${Capital<L>}${Kebab<Rest>}`
  : N;
/** What tags end in. */
export type Tag = Kebab<(typeof TYPES)[number]>;

/** @example tagOf('cardNumber') // 'card-number' */
export function tagOf(type: ElementType): string {
  return type.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}
