import { generateSigningSeed, importSigningSeed } from '@hushfield/crypto/manifest';
import { EMPTY_ROOT, signCheckpoint } from '@hushfield/crypto/tlog';
import { expect, test } from 'vitest';
import { namedBy, originOf, trustedCheckpoint } from './log-name.ts';

const key = importSigningSeed(generateSigningSeed());
const name = 'hushfield/AAAAAAAAAAAAAAAAAAAAAA';
const trust = { name, keys: [key.publicKey] };
const read = (origin: string, after?: string) => {
  const state = { size: 3, root: EMPTY_ROOT };
  const last = after === undefined ? {} : { after: { ...state, origin: after } };
  return trustedCheckpoint(signCheckpoint(key, { ...state, ...last, origin }), trust);
};

test('a log has a name of its own in each epoch', () => {
  for (const epoch of [0, 1, 1_780_000_000]) {
    const origin = originOf(name, epoch);
    expect(read(origin)?.epoch).toBe(epoch);
    expect(namedBy(origin)).toStrictEqual({ name, epoch });
  }
  expect(read(`${name}/7`, name)).toMatchObject({ epoch: 7, after: { origin: name } });
});

test.each([
  ['of another log', 'hushfield/BBBBBBBBBBBBBBBBBBBBBB'],
  ['of an epoch of another log', 'hushfield/BBBBBBBBBBBBBBBBBBBBBB/7'],
  ['of an epoch that is no second', `${name}/x`],
  ['of an epoch with a zero in front', `${name}/07`],
  ['of an epoch zero', `${name}/0`],
  ['of an epoch past every date', `${name}/1000000000000`],
  ['of an epoch of an epoch', `${name}/7/8`],
])('attacks: no state is believed that is %s', (_name, origin) => {
  expect(read(origin)).toBeUndefined();
});

test.each([
  ['another log', 'hushfield/BBBBBBBBBBBBBBBBBBBBBB'],
  ['itself', `${name}/7`],
  ['what is to come', `${name}/8`],
])('attacks: no state is believed that goes on after %s', (_name, after) => {
  expect(read(`${name}/7`, after)).toBeUndefined();
});
