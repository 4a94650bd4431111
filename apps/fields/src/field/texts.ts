import type { FieldTexts } from '@hushfield/contract/boot';
import type { FieldName, FieldOptions } from '@hushfield/contract/frame';

/** What an input is called; the page's own word comes before ours. */
export function labelOf(name: FieldName, options: FieldOptions, { labels }: FieldTexts): string {
  return options.labels[name] || labels[name] || name;
}

const LONGEST = 200;

/** What a screen reader calls the frame. */
export function titleOf(options: FieldOptions, words: FieldTexts): string {
  const [name = 'number'] = options.fields;
  if (options.title) return options.title;
  if (options.element === 'card') return words.wholeTitle;
  // A label may be as long as a title alone.
  return `${words.partTitle}: ${labelOf(name, options, words)}`.slice(0, LONGEST);
}
