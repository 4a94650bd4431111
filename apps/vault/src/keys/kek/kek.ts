/** The KEK or a key is gone, or another: what needs it waits until it is back. No restart is needed. */
export class KeysUnavailable extends Error {
  override readonly name: string = 'KeysUnavailable';
}

/** The device works, and others were before this call for longer than the caller waits. */
export class KeysBusy extends KeysUnavailable {
  override readonly name = 'KeysBusy';
}

/**
 * A driver for key-encryption keys. They wrap every other key of a deployment, and no method gives one
 * out. KEKs have numbers, which count up from 1: a rotation makes the next one, wraps everything anew,
 * and destroys the one before.
 *
 * Every method rejects with KeysUnavailable when it cannot do its work now, within a deadline.
 */
export type Kek = {
  readonly kind: 'directory' | 'pkcs11';
  /** After this long, a call that has no answer has been rejected. */
  readonly deadlineMs: number;
  /** Wraps under the newest KEK, bound to a label of printable ASCII. */
  wrap(label: string, key: Uint8Array): Promise<Uint8Array>;
  unwrap(label: string, wrapped: Uint8Array): Promise<Uint8Array>;
  /** Those that there are, oldest first. */
  numbers(): Promise<readonly number[]>;
  /** Makes the KEK of this number, when there is none. */
  create(number: number): Promise<void>;
  destroy(number: number): Promise<void>;
  /** Ends what the driver holds open. */
  close(): void;
};

/** The newest, which new keys are wrapped under. */
export function newest(numbers: readonly number[]): number {
  const last = numbers.at(-1);
  if (last === undefined) throw new KeysUnavailable('there is no KEK');
  return last;
}
