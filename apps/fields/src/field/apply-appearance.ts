import { type Appearance, Variables } from '@hushfield/contract/appearance';
import { loadPinned } from '../boot/load-pinned.ts';

/** What stands in CSS for what a page says of a value that is neither a colour nor a length. */
const FAMILIES: Readonly<Record<string, string>> = {
  system: 'system-ui, sans-serif',
  sans: 'Arial, Helvetica, sans-serif',
  serif: 'Georgia, serif',
  mono: 'ui-monospace, monospace',
};

const isOurs = (family: string): boolean => Object.hasOwn(FAMILIES, family);

/**
 * In the words of CSS: a length, a family of ours by its name, or a colour as it is. Nothing for what is not said, nor for
 * a font of the operator's, which the sheet brings.
 */
function written(value: string | number = ''): string {
  if (typeof value === 'number') return `${value}px`;
  return (isOurs(value) ? FAMILIES[value] : value.startsWith('#') && value) || '';
}

const PLAIN = /^(auto|light|dark)$/;

/**
 * The sheet of a look that is more than the plain one: it comes when a page first asks for one, and no other
 * page has to wait for it.
 *
 * @param onFontless - called when a font that it names cannot be had.
 * @returns nothing when it cannot be had: the element stays plain.
 * @throws for rules that no page may make.
 */
export async function looksOf(
  { theme, labels, rules, variables: { fontFamily = 'system' } = {} }: Appearance,
  onFontless: () => void,
): Promise<string | undefined> {
  const font = isOurs(fontFamily) ? undefined : fontFamily;
  if (PLAIN.test(theme) && labels !== 'floating' && rules === undefined && !font) return '';
  const looks = (await loadPinned('looks').catch(() => undefined)) as Chunk | undefined;
  return looks?.sheetOf(rules, font, onFontless);
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

type Chunk = { sheetOf(rules: unknown, font: string | undefined, fontless: () => void): string };
const sheet = new CSSStyleSheet();
document.adoptedStyleSheets = [sheet];
