import { HASH_BYTES } from '@hushfield/crypto/tlog';
import { type LogTrust, type SignedState, trustedCheckpoint } from './log-name.ts';
import type { LogSource } from './log-source.ts';
import type { Witnessed } from './witness-reading.ts';

/**
 * The state that began the epoch of a log, and says after what; nothing in the first epoch, and nothing where
 * no key of the log has begun the one that it is said to be in.
 */
export async function beginningOf(
  log: LogSource,
  trust: LogTrust,
): Promise<SignedState | undefined> {
  for await (const { size, note } of log.notes()) {
    const state = trustedCheckpoint(note, trust);
    return state?.epoch === log.epoch && state.size === size && state.after !== undefined
      ? state
      : undefined;
  }
  return undefined;
}

/**
 * The hashes that a log must have, of those that a witness knows. One that has not come to the epoch of the log
 * may know entries that were given up when it began.
 */
export function leavesHeld(
  { epoch, leaves }: Pick<Witnessed, 'epoch' | 'leaves'>,
  beginning: SignedState | undefined,
): Uint8Array {
  return beginning === undefined || epoch >= beginning.epoch
    ? leaves
    : leaves.subarray(0, beginning.size * HASH_BYTES);
}
