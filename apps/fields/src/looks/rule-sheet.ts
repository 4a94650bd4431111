import type { Rules } from '@hushfield/contract/appearance';

const PARTS = {
  input: ' input',
  placeholder: ' input::placeholder',
  label: ' label',
  mark: ' .mark',
} as const;

/**
 * Weakest first: what comes later stands over it. What an element is most of the time is said so weakly
 * (`:where`) that our own marks of focus and of a mistake still stand over it.
 */
const STATES = {
  base: ':where(.field)',
  empty: ':where(.field.empty)',
  complete: ':where(.field.complete)',
  hover: ':where(.field:hover)',
  focus: '.field:focus-within',
  invalid: '.field.invalid',
} as const;

const PLAIN = /^(color|background-color|border-color|outline-color|font-weight)$/;

/**
 * The page's rules as a style sheet. Every value was parsed: a colour of hex digits, a number or a word of
 * ours; no text of the page's gets here. A constructed sheet needs no exception in `style-src`.
 *
 * @example cssOf({ input: { focus: { borderColor: '#06c' } } }) // '.field:focus-within input{border-color:#06c}'
 */
export function cssOf(rules: Rules): string {
  const states = Object.entries(STATES) as [keyof typeof STATES, string][];
  const parts = Object.entries(PARTS) as [keyof typeof PARTS, string][];
  return states
    .flatMap(([state, field]) =>
      parts.map(([part, inner]) => block(`${field}${inner}`, rules[part]?.[state])),
    )
    .concat(block('#message', rules.message?.base))
    .join('');
}

function block(selector: string, rule: object = {}): string {
  const declared = Object.entries(rule)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => {
      const property = name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
      return `${property}:${value}${PLAIN.test(property) ? '' : 'px'}`;
    })
    .join(';');
  return declared === '' ? '' : `${selector}{${declared}}`;
}
