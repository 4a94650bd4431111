import type { ControllerBoot } from '@hushfield/contract/boot';
import { type Ed25519Verify, type Kem, nativeEd25519, nativeKem } from '@hushfield/crypto/seal';

/** How this engine encapsulates and verifies: natively where it can, else by the pinned chunk. */
export type Engine = { readonly kem: Kem; readonly verify: Ed25519Verify };

type FallbackModule = { fallbackKem: Kem; fallbackEd25519: Ed25519Verify };

/**
 * Loads the chunk under its pinned hash. A bare `import()` has no place for a hash and this
 * document's policy refuses it; a module preload carries one, and the import then takes that copy.
 */
async function loadFallback({
  src,
  integrity,
}: ControllerBoot['fallback']): Promise<FallbackModule> {
  await new Promise((resolve, reject) => {
    const link = document.createElement('link');
    link.rel = 'modulepreload';
    link.integrity = integrity;
    link.crossOrigin = 'anonymous';
    link.onload = resolve;
    link.onerror = reject;
    link.href = src;
    document.head.append(link);
  });
  return import(/* @vite-ignore */ src);
}

/** @throws when the engine has neither and the chunk does not match its hash. */
export async function loadEngine(boot: ControllerBoot): Promise<Engine> {
  const [kem, verify] = await Promise.all([nativeKem(), nativeEd25519()]);
  if (kem && verify) return { kem, verify };
  const fallback = await loadFallback(boot.fallback);
  return { kem: kem ?? fallback.fallbackKem, verify: verify ?? fallback.fallbackEd25519 };
}
