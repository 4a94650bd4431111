import { expect, it } from 'vitest';
import { chooseLocale } from './choose-locale.ts';

const KNOWN = ['en', 'de', 'fr', 'pt-BR', 'zh-CN', 'he'];

it.each([
  [['de'], 'de'],
  [['DE-at'], 'de'],
  [['pt'], 'pt-BR'],
  [['pt-PT'], 'pt-BR'],
  [['zh-Hans-SG'], 'zh-CN'],
  [['iw'], 'he'],
  [['sv', 'fr-CA', 'de'], 'fr'],
  [['sv'], 'en'],
  [[], 'en'],
  [['*'], 'en'],
  [[''], 'en'],
  [['__proto__', 'constructor'], 'en'],
])('speaks to %j in %s', (wishes, locale) => {
  expect(chooseLocale(KNOWN, wishes)).toBe(locale);
});
