/** What a site takes: nothing free, one of some words, or text. */
export type Takes =
  | 'nothing'
  | 'locale'
  | 'colour'
  | 'origin'
  | 'text'
  | 'name'
  | 'family'
  | readonly string[];

/** A family of fonts: a word, which is looked up in a list and stands between quotes. */
export const FAMILY = /^[A-Za-z][A-Za-z0-9 -]{0,39}$/;

/** A place of the API that a page can put a string into: what it takes, and how it is put there. */
export type Site = readonly [name: string, takes: Takes, put: string];

const COLOURS = ['Primary', 'Background', 'Text', 'Placeholder', 'Danger', 'Border'];
const SIZES = ['fontSize', 'radius', 'spacing'];
const FIELDS = ['number', 'expiry', 'cvc', 'name', 'postalCode'];
const CODES = ['incomplete_number', 'expired_card', 'required_field'];
const TOKEN = `tok_test_${'a'.repeat(28)}`;

/** Everything an appearance holds, as paths into an options object. */
const APPEARANCE: readonly (readonly [string, Takes])[] = [
  ['appearance', 'nothing'],
  ['appearance.theme', ['auto', 'light', 'dark', 'flat', 'none']],
  ['appearance.labels', ['above', 'floating', 'none']],
  ['appearance.rules', 'nothing'],
  ['appearance.rules.evil', 'nothing'],
  ['appearance.rules.input', 'nothing'],
  ['appearance.rules.input.evil', 'nothing'],
  ['appearance.rules.input.base', 'nothing'],
  ['appearance.rules.input.base.evil', 'nothing'],
  ['appearance.rules.input.base.color', 'colour'],
  ['appearance.rules.label.invalid.borderColor', 'colour'],
  ['appearance.rules.label.invalid.fontSize', 'nothing'],
  ['appearance.rules.mark.base.fontWeight', ['400', '500', '600', '700']],
  ['appearance.rules.message.base.fontSize', 'nothing'],
  ['appearance.variables', 'nothing'],
  ['appearance.variables.evil', 'nothing'],
  ...COLOURS.map((name) => [`appearance.variables.color${name}`, 'colour'] as const),
  ...SIZES.map((name) => [`appearance.variables.${name}`, 'nothing'] as const),
  ['appearance.variables.fontFamily', 'family'],
];

/** Everything an element takes; `FieldOptions` of the wire has the same names. */
export const ELEMENT_PATHS: readonly (readonly [string, Takes])[] = [
  ...APPEARANCE,
  ['locale', 'locale'],
  ['layout', ['row', 'column', 'grid']],
  ['fields', 'nothing'],
  ['fields.0', FIELDS],
  ['disabled', 'nothing'],
  ['labels', 'nothing'],
  ['labels.evil', 'nothing'],
  ['placeholders', 'nothing'],
  ['placeholders.evil', 'nothing'],
  ['messages', 'nothing'],
  ['messages.evil', 'nothing'],
  ['title', 'text'],
  ['split', 'nothing'],
  ['preferredNetworks', 'nothing'],
  ['preferredNetworks.0', 'name'],
  ['evil', 'nothing'],
  ...CODES.map((code) => [`messages.${code}`, 'text'] as const),
  ...FIELDS.map((name) => [`labels.${name}`, 'text'] as const),
  ...FIELDS.map((name) => [`placeholders.${name}`, 'text'] as const),
];

/** The whole API, as code over `text`, `at(path)` (an options object) and what the page holds. */
export const SITES: readonly Site[] = [
  ...ELEMENT_PATHS.map(
    ([path, takes]): Site => [
      `create ${path}`,
      takes,
      `hushfield.elements().create('card', at('${path}'))`,
    ],
  ),
  ...[...APPEARANCE, ['locale', 'locale'] as const, ['evil', 'nothing'] as const].map(
    ([path, takes]): Site => [`group ${path}`, takes, `hushfield.elements(at('${path}'))`],
  ),
  ['update key', 'nothing', `card.update({ [text]: 1 })`],
  // A record leaves that one name behind, whatever it holds.
  ['label key', [...FIELDS, '__proto__'], `card.update({ labels: { [text]: 'x' } })`],
  ['group', 'nothing', 'hushfield.elements(text)'],
  ['options', 'nothing', `hushfield.elements().create('card', text)`],
  [
    'element type',
    ['card', 'cardNumber', 'cardExpiry', 'cardCvc', 'cardholderName', 'postalCode'],
    'hushfield.elements().create(text)',
  ],
  ['publishable key', 'nothing', 'Hushfield(text)'],
  ['instance', 'nothing', 'Hushfield(key, text)'],
  ['instance locale', 'locale', 'Hushfield(key, { locale: text }).elements()'],
  ['fieldsOrigin', 'origin', 'Hushfield(key, { fieldsOrigin: text })'],
  ['instance key', 'nothing', `Hushfield(key, { [text]: 'x' })`],
  ['setError field', FIELDS, `card.setError(text, 'x')`],
  ['tokenize', 'nothing', 'elements.tokenize(text)'],
  ['tokenize key', 'nothing', 'elements.tokenize({ [text]: 1 })'],
  ['tokenize token', 'nothing', `elements.tokenize({ token: text, fields: ['cvc'] })`],
  ['tokenize fields', 'nothing', `elements.tokenize({ token: '${TOKEN}', fields: [text] })`],
  ['tokenize fields alone', 'nothing', 'elements.tokenize({ fields: [text] })'],
];

/** Runs in the page: every string into every site; gives what did not go as `takes` says. */
export const TRY_ALL = `(sites, texts, key) => {
  const wrong = [];
  let refused = 0, taken = 0;
  const isOrigin = (text) => { try { return /^https?:$/.test(new URL(text).protocol); } catch { return false; } };
  const tests = {
    nothing: () => false, locale: (t) => /^[a-zA-Z]{2,3}(-[a-zA-Z0-9]{2,8}){0,2}$|^auto$/.test(t),
    colour: (t) => /^#([0-9a-fA-F]{3,4}|[0-9a-fA-F]{6}|[0-9a-fA-F]{8})$/.test(t),
    text: (t) => [...t].length <= 200, origin: isOrigin, name: (t) => /^[a-z_]{1,40}$/.test(t),
    family: (t) => ${FAMILY}.test(t),
  };
  for (const [name, takes, put] of sites) {
    const go = new Function('text', 'at', 'key', 'return ' + put);
    const may = typeof takes === 'string' ? tests[takes] : (t) => takes.includes(t);
    for (const text of texts) {
      const at = (path) => path.split('.').reduceRight(
        (inner, step) => (step === '0' ? [inner] : { [step]: inner }), text);
      let outcome = 'taken';
      try { go(text, at, key); } catch (error) { outcome = String(error.name + ' ' + error.code); }
      const expected = may(text) ? 'taken' : 'HushfieldError invalid_option';
      // An empty string spreads into nothing: as good as no options at all.
      if (outcome !== expected && text !== '') wrong.push(name + ' ' + outcome + ' ' + text.slice(0, 60));
      if (outcome === 'taken') taken += 1; else refused += 1;
    }
  }
  return { wrong, refused, taken };
}`;
