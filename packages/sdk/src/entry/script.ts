import './setup.ts';
import { createHushfield } from '../hushfield.ts';
import { webOrigin } from '../origin.ts';
import type { Hushfield, HushfieldOptions } from '../types.ts';

// Only while a classic script runs does the document know which one it is.
const script = document.currentScript;
// An inlined copy has no address; the page then names the fields origin itself.
const ownOrigin = script instanceof HTMLScriptElement ? webOrigin(script.src) : undefined;

declare global {
  interface Window {
    Hushfield?: (publishableKey: string, options?: HushfieldOptions) => Hushfield;
  }
}

// A second tag keeps the first instance's frames and listeners working.
window.Hushfield ??= (publishableKey, options = {}) =>
  createHushfield(publishableKey, {
    ...(ownOrigin === undefined ? {} : { fieldsOrigin: ownOrigin }),
    ...options,
  });
