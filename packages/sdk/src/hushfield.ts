import { Elements } from './elements.ts';
import { failure } from './failures.ts';
import { refuseUnknown } from './options.ts';
import { webOrigin } from './origin.ts';
import type { ElementsOptions, Hushfield, HushfieldElements, HushfieldOptions } from './types.ts';

const KNOWN = ['fieldsOrigin', 'locale'];
const KEY = /^pk_(test|live)_[0-9A-Za-z]{46}$/;

/**
 * Binds the SDK to a publishable key.
 *
 * @throws HushfieldError `invalid_option`, `browser_unsupported` or `insecure_context`.
 */
export function createHushfield(publishableKey: string, options: HushfieldOptions): Hushfield {
  refuseUnknown(options, KNOWN);
  if (!KEY.test(publishableKey)) throw failure('invalid_option', 'publishable key');
  if (!window.isSecureContext) throw failure('insecure_context');
  if (!globalThis.crypto?.randomUUID || !globalThis.MessageChannel) {
    throw failure('browser_unsupported');
  }
  const origin = webOrigin(options.fieldsOrigin ?? '');
  if (origin === undefined) throw failure('invalid_option', 'fieldsOrigin');
  const { locale } = options;
  return Object.freeze({
    elements(own: ElementsOptions = {}): HushfieldElements {
      return new Elements(origin, publishableKey, locale === undefined ? own : { locale, ...own });
    },
  });
}
