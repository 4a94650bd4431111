import {
  binOf,
  type Brand,
  detectBrand,
  digitsOf,
  formatCode,
  formatExpiry,
  formatNumber,
  judgeCode,
  judgeExpiry,
  judgeName,
  judgeNumber,
  judgePostalCode,
  longestLength,
  networks,
  parseExpiry,
  postalCodeOf,
  usualLength,
  type Verdict,
} from '@hushfield/card';
import type { FieldName } from '@hushfield/contract/frame';
import type { Networks } from './networks.ts';
import { invalid, type Judgement, type Rules, type Texts } from './rules.ts';

/** A postal code may come with signs that are not kept. */
const LIMITS: { readonly [name in FieldName]?: number } = { name: 64, postalCode: 24 };

/** The brand of the number; unknown where there is none to look at. */
export function brandIn(texts: Texts): Brand {
  return detectBrand(digitsOf(texts('number')));
}

/** All networks that the number may run on. */
export function networksIn(texts: Texts): readonly Brand[] {
  return networks(digitsOf(texts('number')));
}

/** Free text: it has no groups, and no length at which it is done. */
export function isText(name: FieldName): boolean {
  return name in LIMITS;
}

/**
 * The inputs of a card, of the networks that are taken.
 *
 * @param binDigits - how much of a BIN the page may see.
 */
export function cardRules(terms: Networks, binDigits: () => number): Rules {
  const judge = (name: FieldName, texts: Texts, now: number): Judgement => {
    const judgement = judged(name, texts, now);
    const refused = name === 'number' && judgement.valid && terms.refuses(networksIn(texts));
    return refused ? NOT_TAKEN : judgement;
  };
  return {
    names: ['number', 'expiry', 'cvc', 'name', 'postalCode'],
    signs: () => /^\p{Nd}$/u,
    judge,
    format(name, after, kind, before, texts) {
      if (name === 'number') return formatNumber(after, kind, before);
      if (name === 'expiry') return formatExpiry(after, kind, before);
      if (name === 'cvc') return formatCode(after, brandIn(texts));
      return { text: [...after.text].slice(0, LIMITS[name]).join(''), caret: after.caret };
    },
    isFull(name, texts, now) {
      // One of a brand that is not taken is done too: what is typed on belongs into the next input.
      if (isText(name) || !judged(name, texts, now).valid) return false;
      if (name === 'expiry') return true;
      if (name === 'number') return isWhole(name, texts);
      const digits = digitsOf(texts(name));
      return digits.length === judgeCode(digits, brandIn(texts)).expectedLength;
    },
    isGuarded: (name) => name === 'number',
    isWhole,
    cannotGrow: (name, texts) => digitsOf(texts(name)).length === longestLength(brandIn(texts)),
    seen(texts, settled, picked) {
      const found = settled ? networksIn(texts) : [];
      const network = terms.chosen(found, picked);
      return { brand: brandIn(texts), networks: [...found], ...(network && { network }) };
    },
    bin: (texts) => binOf(digitsOf(texts('number')), binDigits()),
    values(asked, texts, { network }) {
      const expiry = asked.includes('expiry') ? parseExpiry(texts('expiry')) : undefined;
      return {
        ...(asked.includes('number') && {
          number: digitsOf(texts('number')),
          ...(network && { network }),
        }),
        ...(expiry ? { expiry: { month: expiry.month, year: expiry.year } } : {}),
        ...(asked.includes('cvc') ? { cvc: digitsOf(texts('cvc')) } : {}),
        ...(asked.includes('name') ? { name: texts('name').normalize('NFC').trim() } : {}),
        ...(asked.includes('postalCode') ? { postalCode: postalCodeOf(texts('postalCode')) } : {}),
      };
    },
  };
}

type WholeVerdict = Verdict & { complete?: boolean; expired?: boolean };

/** Under the same rule of telling as a wrong number. */
const NOT_TAKEN = { valid: false, potentiallyValid: false, code: 'brand_not_supported' } as const;

function judged(name: FieldName, texts: Texts, now: number): Judgement {
  const text = texts(name);
  const verdict = verdictOf(name, texts, now);
  // A number of a length its brand has is whole, although some of the brand's are longer.
  const whole = verdict.complete === true;
  const missing = text === '' || (verdict.potentiallyValid && !verdict.valid && !whole);
  if (name !== 'number' && name !== 'expiry' && name !== 'cvc')
    return { ...verdict, code: text.trim() === '' ? 'required_field' : invalid(name) };
  if (verdict.expired) return { ...verdict, code: 'expired_card' };
  return { ...verdict, code: missing ? `incomplete_${name}` : invalid(name) };
}

function verdictOf(name: FieldName, texts: Texts, now: number): WholeVerdict {
  const text = texts(name);
  if (name === 'number') return judgeNumber(digitsOf(text));
  if (name === 'expiry') return judgeExpiry(text, now * 1000);
  if (name === 'cvc') return judgeCode(digitsOf(text), brandIn(texts));
  return name === 'name' ? judgeName(text) : judgePostalCode(text);
}

/** Whether a number has the length that nearly all of its brand's have, although a few may be longer. */
function isWhole(_name: FieldName, texts: Texts): boolean {
  return digitsOf(texts('number')).length === usualLength(brandIn(texts));
}
