import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { MASK, scrubAnswer } from './scrub-answer.ts';

const OWN = '4242424242424242';
const OTHER = '5555555555554444';

const clean = (text: string) => {
  const scrubber = scrubAnswer([{ kind: 'number', value: OWN }]);
  const got = Buffer.from(scrubber.whole(Buffer.from(text))).toString('utf8');
  return { got, found: scrubber.found() };
};

const hex = (size: number) =>
  fc.string({ unit: fc.constantFrom(...'0123456789abcdef'), minLength: size, maxLength: size });
/** With a digit and a letter, as the rest of an id nearly always has. */
const mixed = hex(14).filter((text) => /\d/.test(text) && /[a-f]/.test(text));

describe('an id of the gateway', () => {
  test('comes back whole, though a number of a card is in it by chance', () => {
    fc.assert(
      fc.property(mixed, fc.boolean(), (rest, isFirst) => {
        const id = isFirst ? `${OTHER}x${rest}` : `${rest}x${OTHER}`;
        const text = `{"id":"pay_${id}","state":"authorized"}`;
        expect(clean(text)).toStrictEqual({ got: text, found: [] });
      }),
    );
    const inside = '{"id":"ch_9f4b5555555555554444ab12"}';
    expect(clean(inside)).toStrictEqual({ got: inside, found: [] });
  });

  test.each([
    ['by itself', `"${OTHER}"`, `"${MASK}"`],
    ['on a magnetic stripe', `%B${OTHER}^DOE/J^3012`, `%B${MASK}^DOE/J^3012`],
    ['behind its name', `"pan${OTHER}"`, `"pan${MASK}"`],
    ['between letters', `card${OTHER}ok`, `card${MASK}ok`],
    ['between marks', `a1_${OTHER}_b2`, `a1_${MASK}_b2`],
    ['encoded in part', `"%35555555555554444"`, `"${MASK}"`],
  ])('attacks: hides no number of another card %s', (_name, text, hidden) => {
    expect(clean(text)).toStrictEqual({ got: hidden, found: ['other_number'] });
  });

  test.each(['base64', 'hex'] as const)('attacks: hides none in %s', (encoding) => {
    const text = Buffer.from(`id 7 ${OTHER}`).toString(encoding);
    expect(clean(`{"a1b2":"${text}","c3":"${text}9f"}`).found).toStrictEqual(['other_number']);
  });

  test('attacks: hides no number that was sent, wherever it is', () => {
    fc.assert(
      fc.property(mixed, mixed, (before, behind) => {
        const { got, found } = clean(`{"id":"pay_${before}${OWN}${behind}"}`);
        expect(got).not.toContain(OWN);
        expect(found).toStrictEqual(['number']);
      }),
    );
  });
});
