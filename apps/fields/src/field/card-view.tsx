import { type Brand, brandRule } from '@hushfield/card';
import type { FieldName } from '@hushfield/contract/frame';
import { brandIn } from './card-rules.ts';
import type { Traits, View } from './view.ts';

/** Our own neutral drawing of a card, or the network's name: no network's artwork is shipped, but an operator may show theirs. */
function CardMark({ brand }: { brand: Brand }) {
  if (brand !== 'unknown')
    return (
      <span class="mark brand" data-brand={brand}>
        {brandRule(brand).label}
      </span>
    );
  return (
    <svg class="mark" viewBox="0 0 32 22" width="32" height="22" aria-hidden="true">
      <rect x="1" y="1" width="30" height="20" rx="3" />
      <path d="M1 7h30M5 15h8" />
    </svg>
  );
}

/** Where to look for the code: three digits on the back, or four on the front. */
function CodeMark({ front }: { front: boolean }) {
  return (
    <svg class="mark" viewBox="0 0 32 22" width="32" height="22" aria-hidden="true">
      <rect x="1" y="1" width="30" height="20" rx="3" />
      {front ? <path d="M5 15h8" /> : <path d="M1 6h30" class="strip" />}
      <rect x="18" y={front ? 5 : 11} width="10" height="6" rx="2" class="hint" />
    </svg>
  );
}

const DIGITS = { inputMode: 'numeric', dir: 'ltr' } as const;

const TRAITS: { readonly [name in FieldName]?: Traits } = {
  number: { ...DIGITS, autocomplete: 'cc-number' },
  expiry: { ...DIGITS, autocomplete: 'cc-exp' },
  // PCI DSS 3.3: a security code has no business on a clipboard.
  cvc: { ...DIGITS, autocomplete: 'cc-csc', uncopied: true },
  name: { inputMode: 'text', dir: 'auto', autocomplete: 'cc-name', autocapitalize: 'words' },
};
const POSTAL_CODE: Traits = {
  ...{ inputMode: 'text', dir: 'ltr' },
  ...{ autocomplete: 'postal-code', autocapitalize: 'characters' },
};

/** The inputs of a card as browsers know them, with marks of our own. */
export const cardView: View = {
  traits: (name) => TRAITS[name] ?? POSTAL_CODE,
  hint(name, { expiryHint }, texts) {
    const hints: { readonly [name in FieldName]?: string } = {
      number: '1234 1234 1234 1234',
      expiry: expiryHint,
      cvc: brandRule(brandIn(texts)).codeLabel,
    };
    return hints[name] ?? '';
  },
  mark(name, texts) {
    const brand = brandIn(texts);
    if (name === 'number') return <CardMark brand={brand} />;
    return name === 'cvc' && <CodeMark front={brand === 'amex'} />;
  },
};
