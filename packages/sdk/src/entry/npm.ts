import './setup.ts';
import { createHushfield } from '../hushfield.ts';
import type { Hushfield, HushfieldOptions } from '../types.ts';

export { HushfieldError } from '../hushfield-error.ts';
export type {
  Account,
  AppearanceColours,
  AppearanceOptions,
  AppearancePart,
  AppearanceRule,
  AppearanceVariables,
  CardToken,
  CollectedToken,
  CollectOptions,
  CollectResult,
  ElementEvents,
  ElementOptions,
  ElementState,
  ElementsOptions,
  ElementType,
  FieldError,
  FieldName,
  FieldState,
  FieldTexts,
  Hushfield,
  HushfieldElement,
  HushfieldElements,
  HushfieldErrorShape,
  HushfieldOptions,
  Network,
  RevealedToken,
  RevealOptions,
  RevealResult,
  Token,
  TokenBase,
  TokenizeOptions,
  TokenizeResult,
} from '../types.ts';

/**
 * Gives an instance for a publishable key. Importing the module does nothing; on a server this
 * resolves to null, so that it may stand in code that renders there.
 *
 * @throws HushfieldError `invalid_option`, `browser_unsupported` or `insecure_context`.
 *
 * @example
 * const hushfield = await loadHushfield('pk_test_…', { fieldsOrigin: 'https://fields.example' });
 * const card = hushfield.elements().create('card');
 */
export async function loadHushfield(
  publishableKey: string,
  options: HushfieldOptions,
): Promise<Hushfield | null> {
  return typeof window === 'undefined' ? null : createHushfield(publishableKey, options);
}
