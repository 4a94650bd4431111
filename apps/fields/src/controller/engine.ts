import { canLoad, loadPinned } from '../boot/load-pinned.ts';
import { type Ed25519Verify, type Kem, nativeEd25519, nativeKem } from '@hushfield/crypto/seal';

/** How this engine encapsulates and verifies: natively where it can, else by the pinned chunk. */
export type Engine = { readonly kem: Kem; readonly verify: Ed25519Verify };

const CHUNK_MS = 10_000;

type FallbackModule = { fallbackKem: Kem; fallbackEd25519: Ed25519Verify };

/** Whether a try is left; when none is, only a new document can have the chunk. */
export function canLoadEngine(): boolean {
  return canLoad('fallback');
}

async function loadEngine(): Promise<Engine> {
  const [kem, verify] = await Promise.all([nativeKem(), nativeEd25519()]);
  if (kem && verify) return { kem, verify };
  const fallback = (await loadPinned('fallback', CHUNK_MS)) as FallbackModule;
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
