import { Rules } from '@hushfield/contract/appearance';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cssOf } from './rule-sheet.ts';

describe('the page\u2019s rules', () => {
  it('become a sheet in which a stronger state comes later', () => {
    const rules = Rules.parse({
      input: {
        invalid: { color: '#b00' },
        base: { borderWidth: 2, fontWeight: '600', letterSpacing: -0.5 },
        hover: { backgroundColor: '#fafafa' },
      },
      message: { base: { color: '#900', fontSize: 12 } },
    });
    expect(cssOf(rules)).toBe(
      ':where(.field) input{border-width:2px;font-weight:600;letter-spacing:-0.5px}' +
        ':where(.field:hover) input{background-color:#fafafa}' +
        '.field.invalid input{color:#b00}' +
        '#message{color:#900;font-size:12px}',
    );
  });

  const attacks: [string, unknown][] = [
    ['a text for a colour', { input: { base: { color: 'red;background:url(//evil.example)' } } }],
    ['a function', { input: { base: { color: 'var(--x)' } } }],
    ['a property that is not listed', { input: { base: { backgroundImage: '#fff' } } }],
    ['a position', { mark: { base: { position: 'fixed' } } }],
    ['a size that comes with a state', { input: { focus: { fontSize: 20 } } }],
    ['a border that comes with a state', { input: { invalid: { borderWidth: 4 } } }],
    ['a state that is not listed', { input: { 'hover input': { color: '#fff' } } }],
    ['a part that is a selector', { 'input[value^="4"]': { base: { color: '#fff' } } }],
    ['a weight that is text', { label: { base: { fontWeight: '400;}*{color:#fff' } } }],
    ['a huge border', { input: { base: { borderWidth: 400 } } }],
    ['no number', { input: { base: { borderRadius: Number.NaN } } }],
    ['a state of the message', { message: { invalid: { color: '#fff' } } }],
    ['a rule that is text', { input: 'color:#fff' }],
    ['a list', [{ input: {} }]],
  ];
  it.each(attacks)('refuse %s', (_, rules) => {
    expect(Rules.safeParse(rules).success).toBe(false);
  });

  it('are nothing but blocks of known properties, whatever is parsed', () => {
    const colour = fc.constantFrom('#fff', '#12345678', '#abcdef');
    const px = (min: number, max: number) => fc.double({ min, max, noNaN: true });
    const coloured = { color: colour, borderColor: colour };
    const base = {
      ...coloured,
      borderWidth: px(0, 4),
      fontSize: px(10, 28),
      letterSpacing: px(-1, 4),
    };
    const some = <T>(shape: { [K in keyof T]: fc.Arbitrary<T[K]> }) =>
      fc.record(shape, { requiredKeys: [] });
    const states = { empty: some(coloured), complete: some(coloured), hover: some(coloured) };
    const rule = some({
      base: some(base),
      ...states,
      focus: some(coloured),
      invalid: some(coloured),
    });
    const message = some({ base: some(base) });
    const rules = some({ input: rule, placeholder: rule, label: rule, mark: rule, message });
    const declaration = String.raw`((border-)?color:#[0-9a-f]+|(border-width|font-size|letter-spacing):-?[\d.e-]+px)`;
    const selector = String.raw`(:where\([.]field[.:a-z]*\)|[.]field[.:a-z-]+) (input(::placeholder)?|label|[.]mark)`;
    const whole = new RegExp(`^((${selector}|#message)\\{(${declaration};?)+\\})*$`);
    fc.assert(
      fc.property(rules, (given) => {
        expect(cssOf(Rules.parse(given))).toMatch(whole);
      }),
    );
  });
});
