/** Firefox quotes it. */
const familyOf = ({ family }: FontFace): string => family.replaceAll(/["']/g, '');

/**
 * Puts the element into a family that the operator hosts.
 *
 * Only one that the document's own style names: any other name would reach the fonts that this shopper has
 * installed, and the height that an element reports would tell a page which those are. All faces are fetched at
 * once, not when a letter first needs them, so that requests tell nothing of what is typed (promise P1).
 *
 * @param family - parsed: letters, digits, spaces and hyphens.
 * @param fontless - called when there is none of that name, or a file of it cannot be had.
 */
export function fontSheet(family: string, fontless: () => void): string {
  const faces = [...document.fonts].filter((face) => familyOf(face) === family);
  if (faces.length === 0) {
    fontless();
    return '';
  }
  for (const face of faces) face.load().catch(fontless);
  return `:root{--family:"${family}",system-ui,sans-serif}`;
}
