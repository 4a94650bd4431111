import type { ControllerBoot } from '@hushfield/contract/boot';
import { type Ed25519Verify, type Kem, nativeEd25519, nativeKem } from '@hushfield/crypto/seal';

/** How this engine encapsulates and verifies: natively where it can, else by the pinned chunk. */
export type Engine = { readonly kem: Kem; readonly verify: Ed25519Verify };

type FallbackModule = { fallbackKem: Kem; fallbackEd25519: Ed25519Verify };

const CHUNK_MS = 10_000;

/**
 * Loads the chunk under its pinned hash. A bare `import()` has no place for a hash and this
 * document's policy refuses it; a module preload carries one, and the import then takes that copy.
 */
async function loadFallback({
  src,
  integrity,
}: ControllerBoot['fallback']): Promise<FallbackModule> {
  const link = document.createElement('link');
  await new Promise((resolve, reject) => {
    setTimeout(reject, CHUNK_MS);
    link.rel = 'modulepreload';
    link.integrity = integrity;
    link.crossOrigin = 'anonymous';
    link.onload = resolve;
    link.onerror = reject;
    link.href = src;
    document.head.append(link);
  }).finally(() => link.remove());
  return import(/* @vite-ignore */ src);
}

async function loadEngine(boot: ControllerBoot): Promise<Engine> {
  const [kem, verify] = await Promise.all([nativeKem(), nativeEd25519()]);
  if (kem && verify) return { kem, verify };
  const fallback = await loadFallback(boot.fallback);
  return { kem: kem ?? fallback.fallbackKem, verify: verify ?? fallback.fallbackEd25519 };
}

/**
 * Gives the engine, loaded once; a failure is forgotten, so that the next call tries again.
 *
 * @throws when the engine is not native and the chunk cannot be had or does not match its hash.
 */
export function engineOf(boot: ControllerBoot): () => Promise<Engine> {
  let engine: Promise<Engine> | undefined;
  return () => {
    engine ??= loadEngine(boot).catch((reason: unknown) => {
      engine = undefined;
      throw reason;
    });
    return engine;
  };
}
