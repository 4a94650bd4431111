import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Secret } from './echo-secrets.ts';
import { placesOf } from './places-of.ts';
import { MASK, scrubAnswer } from './scrub-answer.ts';

/** Each place of a text in another, by the plainest way there is. */
const plainly = (text: string, wanted: string) =>
  Array.from(text, (_, at) => at).filter((at) => text.startsWith(wanted, at));

test('places are found all, those that overlap too', () => {
  const few = fc.string({ unit: fc.constantFrom('a', 'b'), maxLength: 60 });
  const wanted = fc.string({ unit: fc.constantFrom('a', 'b'), minLength: 1, maxLength: 7 });
  fc.assert(
    fc.property(few, wanted, fc.integer({ min: 0, max: 9 }), (text, each, times) => {
      for (const whole of [text, `${text}${each.repeat(times)}${text}`])
        expect([...placesOf(whole, each)]).toStrictEqual(plainly(whole, each));
    }),
    { numRuns: 2_000 },
  );
});

test('attacks: echoes that overlap go whole', () => {
  const clean = (kind: Secret['kind'], value: string, text: string) =>
    Buffer.from(scrubAnswer([{ kind, value }]).whole(Buffer.from(text))).toString();
  expect(clean('text', 'abcabcab', '.abcabcabcabcab.')).toBe(`.${MASK}.`);
  expect(clean('text', 'abababx', '.abababababx.')).toBe(`.abab${MASK}.`);
  expect(clean('account', '11111111', '.111111111111.')).toBe(`.${MASK}.`);
  expect(clean('account', '12121212', '1212 1212 1212')).toBe([MASK, MASK, MASK].join(' '));
});

// By the time of the processor, as in `scrub-answer.test.ts`.
test.each([
  ['one sign', 'a'],
  ['two', 'ab'],
  ['a word', 'secret-'],
])(
  'attacks: a secret that is %s again and again takes no more time for being long',
  (_name, piece) => {
    const body = Buffer.from(piece.repeat(262_144 / piece.length));
    const tookOf = (length: number) => {
      const value = piece.repeat(length / piece.length);
      const before = process.cpuUsage();
      scrubAnswer([{ kind: 'text', value }]).whole(body);
      return process.cpuUsage(before).user;
    };
    tookOf(64);
    const [small, large] = [tookOf(64), tookOf(4_096)];
    // As long for both is linear; what goes over each echo in full takes 64 times as long.
    expect(large).toBeLessThan(8 * Math.max(small, 20_000));
  },
  60_000,
);
