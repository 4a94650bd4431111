import {
  type Brand,
  digitsOf,
  judgeCode,
  judgeExpiry,
  judgeName,
  judgeNumber,
  judgePostalCode,
  longestLength,
  type Verdict,
} from '@hushfield/card';
import type { VALIDATION_CODES } from '@hushfield/contract/errors';
import type { FieldName } from '@hushfield/contract/frame';

export type ValidationCode = (typeof VALIDATION_CODES)[number];

/** What an input's text is worth, and what to call it where it is not valid. */
export type Judgement = Verdict & { code: ValidationCode };

/** What a judgement depends on beside the text. `now` in Unix seconds. */
export type Circumstances = { readonly brand: Brand; readonly now: number };

/** Judges what stands in an input. */
export function judgeInput(name: FieldName, text: string, around: Circumstances): Judgement {
  const verdict = verdictOf(name, text, around);
  // A number of a length its brand has is whole, although some of the brand's are longer.
  const whole = verdict.complete === true;
  const missing = text === '' || (verdict.potentiallyValid && !verdict.valid && !whole);
  if (isText(name))
    return { ...verdict, code: text.trim() === '' ? 'required_field' : invalid(name) };
  if (verdict.expired) return { ...verdict, code: 'expired_card' };
  return { ...verdict, code: missing ? `incomplete_${name}` : invalid(name) };
}

/** What an input is called where what stands in it will not do. */
export function invalid(name: FieldName): ValidationCode {
  return name === 'postalCode' ? 'invalid_postal_code' : `invalid_${name}`;
}

/** Free text: it has no groups, and no length at which it is done. */
export function isText(name: FieldName): name is 'name' | 'postalCode' {
  return name === 'name' || name === 'postalCode';
}

type WholeVerdict = Verdict & { complete?: boolean; expired?: boolean };

function verdictOf(name: FieldName, text: string, { brand, now }: Circumstances): WholeVerdict {
  if (name === 'number') return judgeNumber(digitsOf(text));
  if (name === 'expiry') return judgeExpiry(text, now * 1000);
  if (name === 'cvc') return judgeCode(digitsOf(text), brand);
  return name === 'name' ? judgeName(text) : judgePostalCode(text);
}

/** Whether the shopper is done with an input, so that typing may go on in the next. */
export function isFull(name: FieldName, text: string, around: Circumstances): boolean {
  const { valid } = judgeInput(name, text, around);
  if (isText(name) || !valid) return false;
  if (name === 'expiry') return true;
  const digits = digitsOf(text);
  if (name === 'cvc') return digits.length === judgeCode(digits, around.brand).expectedLength;
  return isWhole(digits, around.brand);
}

/** Whether a number has the length that its brand's nearly always have, right or wrong. */
export function isWhole(digits: string, brand: Brand): boolean {
  return digits.length === usualLength(brand);
}

/** Numbers of these come in any length; no shorter one can be taken as done. */
const ANY_LENGTH: ReadonlySet<Brand> = new Set<Brand>(['maestro', 'unionpay', 'unknown']);

/** The length that nearly all numbers of a brand have, although a few may be longer. */
function usualLength(brand: Brand): number {
  const longest = longestLength(brand);
  return ANY_LENGTH.has(brand) ? longest : Math.min(16, longest);
}
