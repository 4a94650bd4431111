import { asciiDigits } from './digits.ts';
import type { Verdict } from './verdict.ts';

/** Whole lengths by country, from the ISO 13616 registry that SWIFT keeps (release 99). */
const LENGTHS: ReadonlyMap<string, number> = new Map(
  (
    'NO15 BE16 DK18 FI18 FK18 FO18 GL18 NL18 SD18 MK19 SI19 AT20 BA20 EE20 KZ20 LT20 LU20 MN20 XK20 ' +
    'CH21 HR21 LI21 LV21 BG22 BH22 CR22 DE22 GB22 GE22 IE22 ME22 RS22 VA22 AE23 GI23 IL23 IQ23 OM23 TL23 ' +
    'SO23 AD24 CZ24 ES24 MD24 PK24 RO24 SA24 SE24 SK24 TN24 VG24 LY25 PT25 ST25 IS26 TR26 BI27 DJ27 ' +
    'FR27 GR27 IT27 MC27 MR27 SM27 AL28 AZ28 BY28 CY28 DO28 GT28 HU28 LB28 NI28 PL28 BR29 EG29 PS29 ' +
    'QA29 UA29 JO30 KW30 MU30 MT31 SC31 LC32 RU33'
  )
    .split(' ')
    .map((entry) => [entry.slice(0, 2), Number(entry.slice(2))]),
);
/** The longest that the standard allows, whatever the country. */
const LONGEST = 34;

/**
 * Writes an IBAN as machines exchange it: capitals and digits, no gaps.
 *
 * @example ibanOf('de89 3704 0044 0532 0130 00') // 'DE89370400440532013000'
 */
export function ibanOf(text: string): string {
  return asciiDigits(text.normalize('NFKC'))
    .replace(/[^0-9a-z]/gi, '')
    .toUpperCase()
    .slice(0, LONGEST);
}

/** How long an IBAN of this one's country is; of an unknown country as long as any may be. */
export function ibanLength(iban: string): number {
  return LENGTHS.get(iban.slice(0, 2)) ?? LONGEST;
}

/**
 * Judges an IBAN (ISO 13616): a country that has them, its length, and the check digits (ISO 7064,
 * MOD 97-10: 02 to 98, or one account would have two).
 *
 * @param iban - as {@link ibanOf} writes it.
 * @example judgeIban('DE89370400440532013000') // { valid: true, potentiallyValid: true }
 */
export function judgeIban(iban: string): Verdict {
  const country = iban.slice(0, 2);
  const known = [...LENGTHS.keys()].some((name) => name.startsWith(country));
  const sound = known && /^(?:[A-Z]{0,2}|[A-Z]{2}(?!0[01]|99)\d{1,2}[0-9A-Z]*)$/.test(iban);
  const length = ibanLength(iban);
  const whole = iban.length === length && LENGTHS.has(country);
  const valid = sound && whole && remainder(iban) === 1;
  return { valid, potentiallyValid: valid || (sound && iban.length < length) };
}

/** Of the number that the IBAN stands for, divided by 97: digit by digit, since it has up to 64 of them. */
function remainder(iban: string): number {
  const digits = (iban.slice(4) + iban.slice(0, 4)).replace(/[A-Z]/g, (letter) =>
    String(letter.charCodeAt(0) - 55),
  );
  return [...digits].reduce((rest, digit) => (rest * 10 + Number(digit)) % 97, 0);
}
