import type { FieldOptions } from '@hushfield/contract/page';

/*
 * The measures of a field's own style sheets, so that nothing moves when it comes: apps/fields/src/field/field.css
 * and looks/looks.css. `e2e/journeys/loading.spec.ts` holds the two together.
 */

/** From this width on, CSS px, a row is one row. */
const WIDE = 620;

/**
 * Styles of a frame that is not ready: padded to the height that the element will have in this width, with its
 * inputs drawn as bars in a grey that shows on light and on dark. The document in it has no height, so that
 * nothing of it is seen: an error page is white, and so is one whose scheme is not known yet.
 */
export function outlineOf(
  { fields, layout, appearance }: FieldOptions,
  width: number,
): Partial<CSSStyleDeclaration> {
  const { theme, labels, variables: { fontSize = 16, spacing = 12 } = {} } = appearance;
  const isWide =
    layout === 'row' && width >= WIDE && fields.includes('number') && fields.includes('expiry');
  const columns = layout === 'column' ? 1 : isWide ? 3 : 2;
  let rows = 0;
  for (const name of fields) {
    const spans = name === 'name' || (name === 'number' && !isWide);
    rows = spans ? Math.ceil(rows) + 1 : rows + 1 / columns;
  }
  const edge = theme === 'none' ? 0 : 4;
  const label = labels === 'above' ? 1.225 * fontSize + 6 : 0;
  const [least, inner] =
    labels === 'floating' ? [54, 3 * fontSize] : [46, 1.4 * fontSize + 1.5 * spacing];
  const row = label + Math.max(least, inner + edge / 2);
  const all = Math.ceil(rows) * (row + spacing);
  const height = Math.ceil(2 * edge + all - spacing + 1.3125 * fontSize);
  return {
    height: '0',
    padding: `${height}px 0 0`,
    background: `repeating-linear-gradient(#0000 0 ${label}px,#8883 0 ${row}px,#0000 0 ${row + spacing}px) 50% ${edge}px/99% ${all}px no-repeat`,
  };
}
