import creditCardType from 'credit-card-type';
import { expect, test } from 'vitest';
import { type Brand, brandRule, detectBrand } from './brand.ts';
import { ROWS } from './brand-table.ts';
import { parseRanges, touches } from './range.ts';

// Another table of the same facts. Every number on which the two differ lies in a range below, with
// the reason why ours stays; a reason no number needs any more fails the test as well.
type Difference = { ranges: string; ours: Brand; theirs: Brand; why: string };

const DIFFERENCES: readonly Difference[] = [
  { ranges: '1', ours: 'uatp', theirs: 'unknown', why: 'UATP is not in the other table' },
  {
    ranges: '1800',
    ours: 'uatp',
    theirs: 'jcb',
    why: 'JCB stopped issuing its 15-digit numbers; the whole of 1 is UATP, of the same length',
  },
  {
    ranges: '2131',
    ours: 'unknown',
    theirs: 'jcb',
    why: 'JCB stopped issuing its 15-digit numbers; unknown blocks none that are left',
  },
  { ranges: '309', ours: 'diners', theirs: 'unknown', why: '309 is published for Diners' },
  {
    ranges: '384100 384140 384160',
    ours: 'hipercard',
    theirs: 'diners',
    why: 'Hipercard issues these three inside 38',
  },
  {
    ranges: '402918',
    ours: 'visa',
    theirs: 'naranja',
    why: 'carries the Visa mark and runs on its network',
  },
  { ranges: '493698', ours: 'visa', theirs: 'maestro', why: 'inside 4, which ISO gives to Visa' },
  { ranges: '5019', ours: 'dankort', theirs: 'maestro', why: 'Dankort is not in the other table' },
  {
    ranges: '50612-50619 507867 507878-507964',
    ours: 'verve',
    theirs: 'maestro',
    why: 'we hold the published spans whole, the other table parts of them',
  },
  {
    ranges: '507589-507597 560408 581752 5854-5855',
    ours: 'cartes_bancaires',
    theirs: 'maestro',
    why: 'French cards without a second mark',
  },
  { ranges: '508', ours: 'rupay', theirs: 'maestro', why: 'RuPay is not in the other table' },
  {
    ranges: '527572',
    ours: 'mastercard',
    theirs: 'naranja',
    why: 'carries the Mastercard mark and runs on its network',
  },
  {
    ranges: '589657 603522 604201-604400',
    ours: 'cabal',
    theirs: 'maestro',
    why: 'Cabal is not in the other table',
  },
  { ranges: '600-609', ours: 'rupay', theirs: 'maestro', why: 'RuPay is not in the other table' },
  {
    ranges: '61 63 64 66 68 69',
    ours: 'unknown',
    theirs: 'maestro',
    why: 'not published for Maestro; unknown blocks none',
  },
  {
    ranges: '62',
    ours: 'unionpay',
    theirs: 'maestro',
    why: '62 is UnionPay as a whole; the other table lists the parts in use',
  },
  {
    ranges: '650002-650027',
    ours: 'verve',
    theirs: 'discover',
    why: 'Verve issues these inside 65',
  },
  {
    ranges: '650087 650272',
    ours: 'cabal',
    theirs: 'discover',
    why: 'Cabal issues these inside 65',
  },
  { ranges: '650923', ours: 'elo', theirs: 'troy', why: 'inside a span of Elo' },
  {
    ranges: '6500-6599',
    ours: 'discover',
    theirs: 'troy',
    why: 'issued for use on the network of Discover, shown and routed as such',
  },
  {
    ranges: '6521-6522',
    ours: 'rupay',
    theirs: 'discover',
    why: 'RuPay is not in the other table',
  },
  {
    ranges: '6703',
    ours: 'bancontact',
    theirs: 'maestro',
    why: 'Bancontact is not in the other table; Maestro is its second mark',
  },
  {
    ranges: '8172-8199 82',
    ours: 'rupay',
    theirs: 'unknown',
    why: 'RuPay is not in the other table',
  },
];

const THEIR_NAMES = new Map<string, Brand>([
  ['american-express', 'amex'],
  ['diners-club', 'diners'],
]);

function ourName(name: string): Brand {
  return THEIR_NAMES.get(name) ?? ROWS.find(([brand]) => brand === name)?.[0] ?? 'unknown';
}

function theirs(digits: string): Brand {
  const [only, ...others] = creditCardType(digits);
  return only && others.length === 0 ? ourName(only.type) : 'unknown';
}

function theirEnds(): string[] {
  return Object.values(creditCardType.types)
    .flatMap((type) => creditCardType.getTypeInfo(type).patterns)
    .flatMap((pattern) => (Array.isArray(pattern) ? pattern : [pattern]))
    .map(String);
}

/** Eight digits just below, at and just above each end of every range of both tables. */
function edges(): string[] {
  const ours = ROWS.flatMap(([, , , ranges]) => parseRanges(ranges)).flatMap((r) => [
    r.low,
    r.high,
  ]);
  return [...new Set([...ours, ...theirEnds()])].flatMap((end) => {
    const first = Number(end.padEnd(8, '0'));
    const last = Number(end.padEnd(8, '9'));
    return [first - 1, first, last, last + 1].map((number) => String(number).padStart(8, '0'));
  });
}

function lies(head: string, ranges: string): boolean {
  return parseRanges(ranges).some((range) => touches(head, range));
}

test('tells brands as credit-card-type does, but for reviewed ranges', () => {
  const differing = edges()
    .map((head) => ({ head, ours: detectBrand(head), theirs: theirs(`${head}00000000`) }))
    .filter(({ ours, theirs }) => ours !== theirs);
  const reviews = differing.map(({ head, ours, theirs }) =>
    DIFFERENCES.find((d) => d.ours === ours && d.theirs === theirs && lies(head, d.ranges)),
  );
  expect(differing.filter((_, i) => !reviews[i])).toStrictEqual([]);
  expect(DIFFERENCES.filter((review) => !reviews.includes(review))).toStrictEqual([]);
});

// Lengths on which the two tables differ, ours, and why.
const LENGTHS = new Map<Brand, readonly [readonly number[], why: string]>([
  ['visa', [[13, 16, 19], 'published: 13 on the oldest cards, 16, 19; none of 18']],
  ['discover', [[16, 17, 18, 19], 'the network publishes 16 to 19']],
  ['diners', [[14, 15, 16, 17, 18, 19], 'the network publishes 14 to 19']],
  ['hipercard', [[16, 19], 'its 3841 ranges are issued with 19']],
]);

test.each(Object.values(creditCardType.types).map((type) => [ourName(type), type] as const))(
  'has the rules of credit-card-type for %s, but for reviewed lengths',
  (brand, type) => {
    const { lengths, code, gaps } = creditCardType.getTypeInfo(type);
    const reviewed = LENGTHS.get(brand)?.[0];
    expect(reviewed).not.toStrictEqual(lengths);
    // Ours sets the last three of 19 digits apart as well.
    const upTo16 = brandRule(brand).gaps.filter((gap) => gap < 16);
    expect([brandRule(brand).lengths, brandRule(brand).codeLength, upTo16]).toStrictEqual([
      reviewed ?? lengths,
      code.size,
      gaps,
    ]);
  },
);
