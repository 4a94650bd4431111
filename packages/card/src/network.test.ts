import { expect, test } from 'vitest';
import type { Brand } from './brand.ts';
import { networks } from './network.ts';

test.each<[string, readonly Brand[]]>([
  ['4571000000000001', ['visa', 'dankort']],
  ['5019717010103742', ['dankort']],
  ['6703444444444449', ['bancontact', 'maestro']],
  ['6221260000000000', ['unionpay', 'discover']],
  ['6229250000000003', ['unionpay', 'discover']],
  ['6229260000000002', ['unionpay']],
  ['6200000000000005', ['unionpay']],
  ['4242424242424242', ['visa']],
  ['457', ['visa']],
  ['9999', []],
  ['', []],
])('runs %j on %j', (digits, brands) => {
  expect(networks(digits)).toStrictEqual(brands);
});
