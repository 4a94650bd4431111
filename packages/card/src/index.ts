export { judgeAccountNumber, judgeRoutingNumber } from './bank-account.ts';
export { binOf } from './bin.ts';
export {
  type Brand,
  type BrandRule,
  brandRule,
  detectBrand,
  detectBrands,
  longestLength,
  usualLength,
} from './brand.ts';
export { digitsOf } from './digits.ts';
export { type Expiry, type ExpiryVerdict, judgeExpiry, parseExpiry } from './expiry.ts';
export { formatCode } from './format/code.ts';
export type { Edit, EditKind } from './format/edit.ts';
export { formatExpiry } from './format/expiry.ts';
export { formatIban } from './format/iban.ts';
export { formatNumber } from './format/number.ts';
export { ibanLength, ibanOf, judgeIban } from './iban.ts';
export { lastDigits } from './last-digits.ts';
export { luhn } from './luhn.ts';
export { judgeName } from './name.ts';
export { networks } from './network.ts';
export { judgeNumber, type NumberVerdict } from './number.ts';
export { judgePostalCode, postalCodeOf } from './postal-code.ts';
export {
  ALPHABETS,
  type Alphabet,
  judgeSecretText,
  secretTextOf,
  type TextRule,
} from './secret-text.ts';
export { judgeCode } from './security-code.ts';
export type { Verdict } from './verdict.ts';
