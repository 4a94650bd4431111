import './setup.ts';
import { createHushfield } from '../hushfield.ts';
import type { Hushfield, HushfieldOptions } from '../types.ts';

// Only while a classic script runs does the document know which one it is.
const script = document.currentScript;
const ownOrigin = script instanceof HTMLScriptElement ? new URL(script.src).origin : undefined;

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
