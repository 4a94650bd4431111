import type { View } from '../field/view.ts';
import type { Policy } from './secret-rules.ts';

/** Inputs that no browser fills, since it knows no name for them, and that none is to keep. */
export function secretView(policy: () => Policy | undefined): View {
  return {
    traits(name) {
      if (name === 'iban')
        return {
          ...{ autocomplete: 'off', inputMode: 'text', dir: 'ltr' },
          autocapitalize: 'characters',
        };
      const numeric = name !== 'text' || policy()?.alphabet === 'digits';
      return {
        autocomplete: 'off',
        inputMode: numeric ? 'numeric' : 'text',
        dir: numeric ? 'ltr' : 'auto',
      };
    },
    hint: (name) => (name === 'iban' ? 'DE00 0000 0000 0000 0000 00' : ''),
  };
}
