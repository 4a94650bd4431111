import { ForwardField } from '@hushfield/contract/api';
import { VaultError } from '../app/vault-error.ts';

/** Which part of which token. */
export type Placeholder = { readonly token: string; readonly field: ForwardField };

const WHOLE = /^\{\{ ?(tok_(?:test|live)_[0-9A-Za-z]{28})\.([A-Za-z0-9]{1,16}) ?\}\}$/;
/** One brace may be anybody's. */
const BRACES = /\{\{|\}\}/;

/**
 * What a text of a body stands for; nothing for a text of the caller's own. A placeholder is the whole of its
 * value: within a longer text it could be put where its reader takes it for something else.
 *
 * @throws VaultError `invalid_request` for braces that are no placeholder, or that stand beside other text.
 */
export function placeholderIn(text: string): Placeholder | undefined {
  if (!BRACES.test(text)) return undefined;
  const [, token, name] = WHOLE.exec(text) ?? [];
  const field = ForwardField.safeParse(name);
  if (token === undefined || !field.success) throw misplaced();
  return { token, field: field.data };
}

/** @throws VaultError `invalid_request` for braces where no placeholder may stand. */
export function refuseBraces(text: string): void {
  if (BRACES.test(text)) throw misplaced();
}

function misplaced(): VaultError {
  return VaultError.because('invalid_request', 'placeholder', { field: 'body' });
}
