import fc from 'fast-check';
import { expect, test } from 'vitest';
import { thrownBy } from '../../test/sealing-fixture.ts';
import { CryptoError } from '../crypto-error.ts';
import { pad, unpad } from './padding.ts';

test('pads with 0x80 and zeros', () => {
  expect(pad(Uint8Array.of(1, 2), 5)).toStrictEqual(Uint8Array.of(1, 2, 0x80, 0, 0));
  expect(pad(new Uint8Array(0), 1)).toStrictEqual(Uint8Array.of(0x80));
});

test('comes back from any message, also one that ends like padding', () => {
  const ends = fc.constantFrom([], [0x80], [0x80, 0], [0, 0]);
  const property = fc.property(fc.uint8Array({ maxLength: 100 }), ends, (head, end) => {
    const message = Uint8Array.from([...head, ...end]);
    const padded = pad(message, 128);
    expect(padded.length).toBe(128);
    expect(unpad(padded)).toStrictEqual(message);
  });
  fc.assert(property);
});

test('gives a copy, so that zeroing a padded Buffer leaves the message', () => {
  const padded = Buffer.from(pad(Uint8Array.of(7, 8), 16));
  const message = unpad(padded);
  padded.fill(0);
  expect(message).toStrictEqual(Uint8Array.of(7, 8));
});

test.each([4, 5, 9])('throws RangeError when 4 bytes meet a size below 5 (%i)', (length) => {
  expect(() => pad(new Uint8Array(length), 4)).toThrow(RangeError);
});

test.each([[[]], [[0]], [[0, 0, 0]], [[1, 2, 3]], [[0x80, 1]], [[0x80, 0, 0x81, 0]]])(
  'refuses %j',
  (bytes) => {
    expect(thrownBy(() => unpad(Uint8Array.from(bytes)))).toStrictEqual(
      new CryptoError('seal_invalid'),
    );
  },
);

test('random bytes either carry the marker or throw the one error', () => {
  const property = fc.property(fc.uint8Array({ maxLength: 64 }), (bytes) => {
    const error = thrownBy(() => unpad(bytes));
    if (error === 'returned') expect(pad(unpad(bytes), bytes.length)).toStrictEqual(bytes);
    else expect(error).toStrictEqual(new CryptoError('seal_invalid'));
  });
  fc.assert(property, { numRuns: 1000 });
});
