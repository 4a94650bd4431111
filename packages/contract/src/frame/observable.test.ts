import { expect, it } from 'vitest';
import type * as z from 'zod/mini';
import { Bin } from '../bin.ts';
import { CollectCodeResult, TokenizeResult } from './controller-methods.ts';
import { fieldMethods } from './field-methods.ts';
import { ControllerEvent } from './controller-event.ts';
import { FieldEvent } from './observable.ts';
import { PageText } from './page-text.ts';

type Def = {
  type: string;
  shape?: Record<string, z.ZodMiniType>;
  element?: z.ZodMiniType;
  innerType?: z.ZodMiniType;
  valueType?: z.ZodMiniType;
  options?: z.ZodMiniType[];
};

/** Every leaf of a schema as `path: kind`. */
function leaves(schema: z.ZodMiniType, path = ''): string[] {
  const def = schema._zod.def as unknown as Def;
  if (def.shape) {
    return Object.entries(def.shape).flatMap(([key, inner]) => leaves(inner, `${path}.${key}`));
  }
  const inner = def.element ?? def.innerType ?? def.valueType;
  if (inner) return leaves(inner, path);
  if (def.options) return def.options.flatMap((option) => leaves(option, path));
  return [`${path}: ${def.type}`];
}

const open = (schema: z.ZodMiniType) =>
  [...new Set(leaves(schema))]
    .filter((leaf) => !/: (boolean|enum|literal|undefined)$/.test(leaf))
    .sort();

it('lets a field say nothing in free text but an error sentence, and no number but its height and a BIN', () => {
  expect(open(FieldEvent)).toStrictEqual([
    '.height: number',
    '.state.bin: string',
    '.state.error.message: string',
    '.state.fields.error.message: string',
  ]);
});

it.each(['4', '42424', '4242424', '424242424242', '4242 42', '42424x', '424242\n'])(
  'attacks: takes %j for no BIN',
  (bin) => {
    expect(Bin.safeParse(bin).success).toBe(false);
  },
);

it('lets the controller say nothing open but the token and an error', () => {
  expect(open(ControllerEvent)).toStrictEqual([]);
  expect(open(TokenizeResult)).toStrictEqual([
    '.error.field: string',
    '.error.message: string',
    '.error.requestId: string',
    '.token.bankAccount.country: string',
    '.token.bankAccount.last4: string',
    '.token.card.bin: string',
    '.token.card.expMonth: number',
    '.token.card.expYear: number',
    '.token.card.last4: string',
    '.token.createdAt: string',
    '.token.expiresAt: string',
    '.token.iban.country: string',
    '.token.iban.last4: string',
    '.token.id: string',
    '.token.text.policy: string',
  ]);
});

it('lets a page that collects a code again learn nothing of the card', () => {
  expect(open(CollectCodeResult)).toStrictEqual([
    '.error.field: string',
    '.error.message: string',
    '.error.requestId: string',
    '.token.id: string',
  ]);
});

it('answers no method with anything but a height or a yes', () => {
  const answers = Object.values(fieldMethods).flatMap(({ result }) => open(result));
  // A title is the server's own text, or the page's own.
  expect(answers).toStrictEqual(['.height: number', '.title: string']);
});

it.each([
  ['a control character', 'a\u0000b', 'ab'],
  ['a bidi override', '\u202eabc\u202c', 'abc'],
  ['an isolate', '\u2066abc\u2069', 'abc'],
  ['a zero-width space', 'a\u200bb', 'ab'],
  ['a decomposed letter', 'e\u0301', '\u00e9'],
  ['a line break', 'a\nb', 'ab'],
  ['honest Hebrew', 'מספר', 'מספר'],
])('cleans text of %s', (_, text, clean) => {
  expect(PageText.parse(text)).toBe(clean);
});

it('says no more in a text than a frame may tell again, however its letters are composed', () => {
  // Each of them is two code points in NFC.
  const longest = PageText.parse('\u0958'.repeat(200));
  expect([...longest]).toHaveLength(200);
  expect(PageText.safeParse('x'.repeat(201)).success).toBe(false);
});
