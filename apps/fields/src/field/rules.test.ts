import { VALIDATION_CODES } from '@hushfield/contract/errors';
import { expect, it } from 'vitest';
import { secretRules } from '../secret/secret-rules.ts';
import { cardRules } from './card-rules.ts';
import { Networks } from './networks.ts';
import { invalid, unfinished } from './rules.ts';

const ANY = new Networks(
  () => [],
  () => true,
);
const names = [...cardRules(ANY, () => 0).names, ...secretRules(() => undefined).names];

it.each(names)('has a code for %s that will not do, and for one that is being typed', (name) => {
  expect(VALIDATION_CODES).toContain(invalid(name));
  expect(VALIDATION_CODES).toContain(unfinished(name));
});
