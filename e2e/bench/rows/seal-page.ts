/* Runs in Chromium: bundled by `seal.ts` with the crypto that the frames ship. */
import { fallbackKem } from '@hushfield/crypto/fallback';
import { PLAINTEXT_BYTES, type Kem, nativeKem, pad, seal } from '@hushfield/crypto/seal';

export type SealTimes = {
  readonly first: number;
  readonly seals: readonly number[];
  readonly encapsulations: readonly number[];
};

const WARM_UP = 30;
const aad = new Uint8Array(300);
const plaintext = pad(new TextEncoder().encode('{"number":"4242424242424242"}'), PLAINTEXT_BYTES);

async function timed(work: () => Promise<unknown>): Promise<number> {
  const from = performance.now();
  await work();
  return performance.now() - from;
}

async function series(times: number, work: () => Promise<unknown>): Promise<readonly number[]> {
  for (let done = 0; done < WARM_UP; done += 1) await work();
  const taken: number[] = [];
  for (let done = 0; done < times; done += 1) taken.push(await timed(work));
  return taken;
}

async function kemOf(path: Kem['path']): Promise<Kem> {
  const kem = path === 'native' ? await nativeKem() : fallbackKem;
  if (!kem) throw new Error('this Chromium has no native X-Wing parts');
  return kem;
}

/** Called by the bench. The first seal comes after the engine is known, as in the controller. */
export async function benchSeal(path: Kem['path'], key: string, times: number): Promise<SealTimes> {
  const publicKey = Uint8Array.from(atob(key), (character) => character.charCodeAt(0));
  const kem = await kemOf(path);
  const once = () => seal({ kem, publicKey, aad, plaintext });
  return {
    first: await timed(once),
    seals: await series(times, once),
    encapsulations: await series(times, () => kem.encapsulate(publicKey)),
  };
}

Object.assign(globalThis, { benchSeal });
