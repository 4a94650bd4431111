import {
  digitsOf,
  type Edit,
  formatIban,
  ibanLength,
  ibanOf,
  judgeAccountNumber,
  judgeIban,
  judgeRoutingNumber,
  judgeSecretText,
  secretTextOf,
  type TextRule,
  type Verdict,
} from '@hushfield/card';
import type { FieldName } from '@hushfield/contract/frame';
import { invalid, type Rules, type Texts } from '../field/rules.ts';

/** Of account and routing numbers; what is beyond is cut. */
const DIGITS: { readonly [name in FieldName]?: number } = { routingNumber: 9, accountNumber: 17 };

/** What a page gets that names no rule, or one that the vault does not have: nothing is good enough. */
const NOTHING: TextRule = { alphabet: 'digits', minLength: 1, maxLength: 0 };

/** A rule by its name, as the vault has it for the key. */
export type Policy = TextRule & { readonly name: string };

/** @param policy - the one that the page names, when there is one of that name. */
export function secretRules(
  policy: () => Policy | undefined,
  isOfAccount: () => boolean = () => false,
): Rules {
  const rule = (): TextRule => policy() ?? NOTHING;
  const cannotGrow = (name: FieldName, texts: Texts) => isAtEnd(name, texts(name), rule());
  return {
    names: ['iban', 'routingNumber', 'accountNumber', 'text'],
    // Letters that are none of an account number were meant for what was clicked on.
    signs: () => (isOfAccount() ? /^\p{Nd}$/u : /^[\p{L}\p{Nd}\p{P}\p{S}]$/u),
    judge(name, texts) {
      const text = texts(name);
      const code = text.trim() === '' ? 'required_field' : invalid(name);
      return { ...verdictOf(name, text, rule()), code };
    },
    format(name, after, kind, before) {
      if (name === 'iban') return formatIban(after, kind, before);
      return name === 'text' ? cut(after, rule()) : onlyDigits(after, DIGITS[name]);
    },
    isFull: (name, texts) =>
      name !== 'text' && cannotGrow(name, texts) && verdictOf(name, texts(name), rule()).valid,
    // A routing number is a bank's and no secret.
    isGuarded: (name) => name !== 'routingNumber',
    isWhole: cannotGrow,
    cannotGrow,
    seen: () => ({ brand: 'unknown', networks: [] }),
    values: (asked, texts) => valuesOf(asked, texts, policy()),
  };
}

function verdictOf(name: FieldName, text: string, rule: TextRule): Verdict {
  if (name === 'iban') return judgeIban(ibanOf(text));
  if (name === 'text') return judgeSecretText(secretTextOf(text, rule), rule);
  const judge = name === 'routingNumber' ? judgeRoutingNumber : judgeAccountNumber;
  return judge(digitsOf(text));
}

function isAtEnd(name: FieldName, text: string, rule: TextRule): boolean {
  if (name === 'iban') return ibanOf(text).length === ibanLength(ibanOf(text));
  if (name === 'text') return [...text].length >= rule.maxLength;
  return digitsOf(text).length === DIGITS[name];
}

type Values = ReturnType<Rules['values']>;

function valuesOf(asked: readonly FieldName[], texts: Texts, policy: Policy | undefined): Values {
  const has = (name: FieldName) => asked.includes(name);
  const digits = (name: 'routingNumber' | 'accountNumber') =>
    has(name) ? { [name]: digitsOf(texts(name)) } : {};
  return {
    ...(has('iban') ? { iban: ibanOf(texts('iban')) } : {}),
    ...digits('routingNumber'),
    ...digits('accountNumber'),
    ...(has('text') && policy
      ? { policy: policy.name, text: secretTextOf(texts('text'), policy) }
      : {}),
  };
}

function onlyDigits({ text, caret }: Edit, most: number | undefined): Edit {
  const digits = digitsOf(text, most);
  return { text: digits, caret: Math.min(digitsOf(text.slice(0, caret)).length, digits.length) };
}

/** As it was typed: whoever has no such sign on their keyboard is told, and not corrected. */
function cut({ text, caret }: Edit, { maxLength }: TextRule): Edit {
  const kept = [...text].slice(0, maxLength + 1).join('');
  return { text: kept, caret: Math.min(caret, kept.length) };
}
