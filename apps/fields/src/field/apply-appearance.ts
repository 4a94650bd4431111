import type { Appearance, Variables } from '@hushfield/contract/appearance';
import { loadPinned } from '../boot/load-pinned.ts';

const FAMILIES = {
  system: 'system-ui, sans-serif',
  sans: 'Arial, Helvetica, sans-serif',
  serif: 'Georgia, serif',
  mono: 'ui-monospace, monospace',
} as const;

type BuiltIn = keyof typeof FAMILIES;

/** Nothing for a name that is not ours: a font of the operator's, which the sheet brings. */
const builtIn = ({ fontFamily: name = '' }: Variables): string | undefined =>
  name && (Object.hasOwn(FAMILIES, name) ? FAMILIES[name as BuiltIn] : undefined);

const px = (value: number | undefined) => (value === undefined ? undefined : `${value}px`);

/** Our own custom properties, from typed values; a page can name neither properties nor selectors. */
function declarations(variables: Variables): Record<string, string | undefined> {
  return {
    '--primary': variables.colorPrimary,
    '--background': variables.colorBackground,
    '--text': variables.colorText,
    '--placeholder': variables.colorPlaceholder,
    '--danger': variables.colorDanger,
    '--border': variables.colorBorder,
    '--family': builtIn(variables),
    '--size': px(variables.fontSize),
    '--radius': px(variables.radius),
    '--spacing': px(variables.spacing),
  };
}

/** Sets the page's scheme before first paint, so that the transparent frame does not flash white. */
export function applyScheme(scheme: 'light' | 'dark'): void {
  const root = document.documentElement;
  root.style.setProperty('color-scheme', scheme);
  root.dataset['theme'] = scheme;
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
  { theme, labels, rules, variables = {} }: Appearance,
  onFontless: () => void,
): Promise<string | undefined> {
  const font = builtIn(variables) === undefined ? variables.fontFamily : undefined;
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
  for (const [property, value] of Object.entries(declarations(variables))) {
    if (value === undefined) root.style.removeProperty(property);
    else root.style.setProperty(property, value);
  }
  sheet.replaceSync(looks);
}

type Chunk = { sheetOf(rules: unknown, font: string | undefined, fontless: () => void): string };
const sheet = new CSSStyleSheet();
document.adoptedStyleSheets = [sheet];
