import type { ControllerBoot } from '@hushfield/contract/boot';
import { ManifestBundle } from '@hushfield/contract/http';
import { type ReceiveKey, verifyManifest } from '@hushfield/crypto/seal';
import type { Engine } from './engine.ts';
import { fromBase64url } from './base64url.ts';

const FETCH_MS = 8_000;
/** Before its end a key is given up, so that no seal is on its way when the vault destroys the seed. */
const SPARE_SECONDS = 120;

/** Fetches the signed receive keys and keeps the newest valid one until it nears its end. */
export class ReceiveKeys {
  readonly #boot: ControllerBoot;
  readonly #engine: () => Promise<Engine>;
  readonly #now: () => number;
  #minSeq: number;
  #key: Promise<ReceiveKey> | undefined;

  constructor(boot: ControllerBoot, engine: () => Promise<Engine>, now: () => number) {
    this.#boot = boot;
    this.#engine = engine;
    this.#now = now;
    this.#minSeq = boot.minSeq;
  }

  /** @throws when no manifest can be had or none is to be trusted; the next call tries again. */
  async current(): Promise<ReceiveKey> {
    const held = await this.#key?.catch(() => undefined);
    if (held && held.exp - SPARE_SECONDS > this.#now()) return held;
    this.#key = this.#fetch();
    return this.#key;
  }

  async #fetch(): Promise<ReceiveKey> {
    // An address of its own for each `minSeq`: after a rotation in a hurry, no cache on the way answers
    // with the list before, which this document must refuse.
    const response = await fetch(`${this.#boot.api}/v1/keys/manifest?seq=${this.#minSeq}`, {
      credentials: 'omit',
      signal: AbortSignal.timeout(FETCH_MS),
    });
    const bundle = ManifestBundle.parse(await response.json());
    const { verify } = await this.#engine();
    const trust = {
      rootPublicKey: fromBase64url(this.#boot.root),
      env: this.#boot.mode,
      minSeq: this.#minSeq,
      now: this.#now(),
    };
    const key = await verifyManifest(bundle, trust, verify);
    // What was seen once is never rolled back, even by a correctly signed older manifest.
    this.#minSeq = key.seq;
    return key;
  }
}
