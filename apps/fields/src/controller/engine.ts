import { type Ed25519Verify, type Kem, nativeEd25519, nativeKem } from '@hushfield/crypto/seal';

/** How this engine encapsulates and verifies: natively where it can, else by the pinned chunk. */
export type Engine = { readonly kem: Kem; readonly verify: Ed25519Verify };

type FallbackModule = { fallbackKem: Kem; fallbackEd25519: Ed25519Verify };

const CHUNK_MS = 10_000;

/**
 * Loads the chunk under its pinned hash. A bare `import()` has no place for a hash, and this document's
 * policy refuses it; WebKit refuses a module preload even with one. A script element may have it, but
 * Trusted Types let nobody write its address: the document brings such elements, inert, one for each
 * try. The import then takes the module that is there.
 */
async function loadFallback(): Promise<FallbackModule> {
  const template = document.getElementById('fallback');
  const script =
    template instanceof HTMLTemplateElement ? template.content.firstElementChild : undefined;
  if (!(script instanceof HTMLScriptElement)) throw new Error('no fallback left to try');
  await new Promise((resolve, reject) => {
    setTimeout(reject, CHUNK_MS);
    script.onload = resolve;
    script.onerror = reject;
    document.head.append(script);
  }).finally(() => script.remove());
  return import(/* @vite-ignore */ script.src);
}

/** Whether a try is left; when none is, only a new document can have the chunk. */
export function canLoadEngine(): boolean {
  const template = document.getElementById('fallback');
  return template instanceof HTMLTemplateElement && template.content.childElementCount > 0;
}

async function loadEngine(): Promise<Engine> {
  const [kem, verify] = await Promise.all([nativeKem(), nativeEd25519()]);
  if (kem && verify) return { kem, verify };
  const fallback = await loadFallback();
  return { kem: kem ?? fallback.fallbackKem, verify: verify ?? fallback.fallbackEd25519 };
}

/**
 * Gives the engine, loaded once; a failure is forgotten, so that the next call tries again.
 *
 * @throws when the engine is not native and the chunk cannot be had or does not match its hash.
 */
export function engineOf(): () => Promise<Engine> {
  let engine: Promise<Engine> | undefined;
  return () => {
    engine ??= loadEngine().catch((reason: unknown) => {
      engine = undefined;
      throw reason;
    });
    return engine;
  };
}
