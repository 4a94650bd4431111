import type * as z from 'zod/mini';

/** The data block the vault wrote into this document, parsed; everything else in the page is code. */
export function readBoot<S extends z.ZodMiniType>(schema: S): z.infer<S> {
  return schema.parse(JSON.parse(document.getElementById('boot')?.textContent ?? ''));
}

/** What the SDK wrote behind the `#`; the page can write anything there, so it is only parsed names. */
export function readHash<S extends z.ZodMiniType>(schema: S): z.infer<S> {
  return schema.parse(Object.fromEntries(new URLSearchParams(location.hash.slice(1))));
}
