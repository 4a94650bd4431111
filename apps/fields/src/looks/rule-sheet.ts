import type { Rules } from '@hushfield/contract/appearance';

const PARTS = {
  input: ' input',
  placeholder: ' input::placeholder',
  label: ' label',
  mark: ' .mark',
} as const;

/** Weakest first: what comes later stands over it. */
const STATES = {
  base: '',
  empty: '.empty',
  complete: '.complete',
  hover: ':hover',
  focus: ':focus-within',
  invalid: '.invalid',
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
  return states
    .flatMap(([state, suffix]) =>
      Object.entries(rules).map(([part, rule]) => {
        const block = declarations(rule?.[state] ?? {});
        const inner = PARTS[part as keyof typeof PARTS];
        // The message stands below all fields, and has no state of one.
        const selector = inner ? `.field${suffix}${inner}` : suffix === '' ? '#message' : undefined;
        return block === '' || !selector ? '' : `${selector}{${block}}`;
      }),
    )
    .join('');
}

function declarations(rule: object): string {
  return Object.entries(rule)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => {
      const property = name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
      return `${property}:${value}${PLAIN.test(property) ? '' : 'px'}`;
    })
    .join(';');
}
