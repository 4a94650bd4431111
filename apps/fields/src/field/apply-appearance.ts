import type { Appearance, Variables } from '@hushfield/contract/appearance';

const FAMILIES = {
  system: 'system-ui, sans-serif',
  sans: 'Arial, Helvetica, sans-serif',
  serif: 'Georgia, serif',
  mono: 'ui-monospace, monospace',
} as const;

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
    '--family': variables.fontFamily && FAMILIES[variables.fontFamily],
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

/** Writes an appearance through CSSOM, which a policy without `unsafe-inline` allows. */
export function applyAppearance(appearance: Appearance, scheme: 'light' | 'dark'): void {
  const root = document.documentElement;
  root.dataset['theme'] = appearance.theme === 'auto' ? scheme : appearance.theme;
  for (const [property, value] of Object.entries(declarations(appearance.variables ?? {}))) {
    if (value === undefined) root.style.removeProperty(property);
    else root.style.setProperty(property, value);
  }
}
