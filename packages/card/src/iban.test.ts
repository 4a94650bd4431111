import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ibanOf, judgeIban } from './iban.ts';

/** Examples of the registry itself and of central banks' pages: nobody's accounts. */
const EXAMPLES = [
  'DE89370400440532013000',
  'GB29NWBK60161331926819',
  'FR1420041010050500013M02606',
  'NO9386011117947',
  'BE68539007547034',
  'NL91ABNA0417164300',
  'ES9121000418450200051332',
  'IT60X0542811101000000123456',
  'PL61109010140000071219812874',
  'CH9300762011623852957',
  'AT611904300234573201',
  'MT84MALT011000012345MTLCAST001S',
  'LC55HEMM000100010012001200023015',
  'SA0380000000608010167519',
  'BR1800360305000010009795493C1',
  'SE4550000000058398257466',
];

describe('judgeIban', () => {
  it.each(EXAMPLES)('takes %s, and every beginning of it as one that may become good', (iban) => {
    expect(judgeIban(iban)).toStrictEqual({ valid: true, potentiallyValid: true });
    for (let length = 0; length < iban.length; length++) {
      const beginning = judgeIban(iban.slice(0, length));
      expect(beginning).toStrictEqual({ valid: false, potentiallyValid: true });
    }
  });

  it('finds every wrong digit and every two neighbours that changed places', () => {
    for (const iban of EXAMPLES) {
      for (let at = 4; at < iban.length; at++) {
        const sign = iban[at] ?? '';
        const other = sign === '9' ? '8' : '9';
        if (/\d/.test(sign))
          expect(judgeIban(iban.slice(0, at) + other + iban.slice(at + 1)).valid).toBe(false);
        const next = iban[at + 1];
        if (next === undefined || next === sign) continue;
        const swapped = iban.slice(0, at) + next + sign + iban.slice(at + 2);
        expect(judgeIban(swapped).valid, swapped).toBe(false);
      }
    }
  });

  it.each([
    ['a country that has none', 'US00123456789'],
    ['a digit in the country', 'D189370400440532013000'],
    ['letters for check digits', 'DEX9370400440532013000'],
    ['check digits that nobody computes', 'DE99370400440532013000'],
    ['one digit too many', 'DE893704004405320130001'],
  ])('refuses %s for good', (_what, iban) => {
    expect(judgeIban(iban)).toStrictEqual({ valid: false, potentiallyValid: false });
  });

  it('calls only that good which typing may reach', () => {
    const signs = fc.string({ unit: fc.constantFrom(...'DEFRGB0123456789X'), maxLength: 36 });
    fc.assert(
      fc.property(signs, (text) => {
        const { valid, potentiallyValid } = judgeIban(text);
        expect(!valid || potentiallyValid).toBe(true);
      }),
    );
  });
});

it('reads an IBAN however it was written', () => {
  const plain = 'DE89370400440532013000';
  for (const text of [
    'de89 3704 0044 0532 0130 00',
    'IBAN'.slice(4) + 'DE89-3704-0044-0532-0130-00',
    '\u200fDE٨٩ ٣٧٠٤ ٠٠٤٤ ٠٥٣٢ ٠١٣٠ ٠٠\n',
    'ＤＥ８９３７０４００４４０５３２０１３０００',
  ])
    expect(ibanOf(text)).toBe(plain);
});
