import { expect, test } from 'vitest';
import { isOutage, outageKind } from './outage.ts';

const withCode = (code: string) => Object.assign(new Error('x'), { code });

test.each([
  [withCode('ECONNREFUSED'), 'database_away'],
  [withCode('08006'), 'database_away'],
  [new Error('Connection terminated unexpectedly'), 'database_away'],
  [new Error('timeout exceeded when trying to connect'), 'database_away'],
  [withCode('53100'), 'database_full'],
  [withCode('53300'), 'database_full'],
  [withCode('57P01'), 'database_stopping'],
  [withCode('57P03'), 'database_stopping'],
  [withCode('25006'), 'database_standby'],
  [withCode('57014'), 'database_busy'],
  [withCode('40P01'), 'database_busy'],
])('%s is an outage, and is told as %s', (error, kind) => {
  expect(isOutage(error)).toBe(true);
  expect(outageKind(error)).toBe(kind);
});

test.each([withCode('23505'), withCode('42501'), new Error('x'), 'x', undefined])(
  'attacks: %s is a mistake of ours, and no outage',
  (error) => {
    expect(isOutage(error)).toBe(false);
  },
);
