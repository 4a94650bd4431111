import { formatIban, formatNumber } from '@hushfield/card';
import type { RevealTexts } from '@hushfield/contract/boot';
import type { FieldOptions } from '@hushfield/contract/frame';
import type { Shown } from '@hushfield/contract/sibling';

type Line = Shown['lines'][number];
/** What is hidden has no length. */
const HIDDEN = '••••';

/** An element of the document; text goes in as text. */
export function make<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Readonly<Record<string, string>>,
  ...children: readonly (Node | string)[]
): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children);
  return element;
}

/** What is shown, line by line; one line that says so where nothing is. */
export function drawLines(
  lines: readonly Line[],
  { labels, appearance }: FieldOptions,
  words: RevealTexts,
): HTMLElement {
  const own = labels.shown || words.labels.shown || '';
  const bare = appearance.labels === 'none';
  const rows = lines.map(({ field, text }) =>
    drawRow(words.labels[field] ?? own, grouped(field, text), bare),
  );
  const nothing = () => drawRow(own, HIDDEN, bare, words.hidden);
  return make('dl', { class: 'fields' }, ...(rows.length > 0 ? rows : [nothing()]));
}

function drawRow(label: string, text: string, bare: boolean, spoken?: string): HTMLElement {
  // To be selected and copied by hand; in one line whatever its length, which would be told by a height.
  const value = make('output', { class: 'value', dir: 'auto', tabindex: '0' }, text);
  // What is shown is text and stands in no attribute.
  if (spoken !== undefined) value.setAttribute('aria-label', `${label}: ${spoken}`);
  const name = make('dt', { class: bare ? 'unseen' : 'name' }, label);
  return make('div', { class: 'field' }, name, make('dd', { class: 'box' }, value));
}

/** As a person reads it; stars are no digits, and stay as they are. */
function grouped(field: Line['field'], text: string): string {
  const edit = { text, caret: 0 };
  if (text.includes('*')) return text;
  if (field === 'number' && text.length > 4) return formatNumber(edit, 'replace').text;
  return field === 'iban' && text.length > 4 ? formatIban(edit, 'replace').text : text;
}
