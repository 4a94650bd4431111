import { type Appearance, Variables } from '@hushfield/contract/appearance';
import { loadPinned } from '../boot/load-pinned.ts';

/** In the words of CSS: a length, or a colour as it is. Nothing for what is not said, nor for a family: the sheet brings it. */
function written(value: string | number = ''): string {
  if (typeof value === 'number') return `${value}px`;
  return value.startsWith('#') ? value : '';
}

const PLAIN = /^(auto|light|dark)$/;

/**
 * The sheet of a look that is more than the plain one: it comes when a page first asks for one, and no other
 * page has to wait for it.
 *
 * @param warn - called with `font_failed` when a font that it names cannot be had.
 * @returns nothing when it cannot be had: the element stays plain.
 * @throws for rules that no page may make.
 */
export async function looksOf(
  { theme, labels, rules, variables: { fontFamily = 'system' } = {} }: Appearance,
  warn: (code: 'font_failed') => void,
): Promise<string | undefined> {
  const isPlain = PLAIN.test(theme) && labels !== 'floating' && fontFamily === 'system';
  if (isPlain && rules === undefined) return '';
  const looks = (await loadPinned('looks').catch(() => undefined)) as Chunk | undefined;
  return looks?.sheetOf(rules, fontFamily, warn);
}

/** Writes an appearance through CSSOM, which a policy without `unsafe-inline` allows. */
export function applyAppearance(
  { theme, variables = {} }: Appearance,
  scheme: 'light' | 'dark',
  looks: string,
): void {
  const root = document.documentElement;
  root.dataset['theme'] = theme === 'dark' || theme === 'light' ? theme : scheme;
  root.dataset['look'] = theme;
  // Custom properties of our own, by the names of the values; a page can name neither properties nor selectors.
  for (const name of Object.keys(Variables.shape) as (keyof Variables)[]) {
    root.style.setProperty(`--${name}`, written(variables[name]));
  }
  sheet.replaceSync(looks);
}

type Chunk = {
  sheetOf(rules: unknown, font: string, warn: (code: 'font_failed') => void): string;
};
const sheet = new CSSStyleSheet();
document.adoptedStyleSheets = [sheet];
