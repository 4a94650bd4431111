import { type Frontier, HASH_BYTES } from '@hushfield/crypto/tlog';

/** Another frontier, with entries more, by their hashes. */
export function grown(before: Frontier, leaves: Uint8Array): Frontier {
  const frontier = before.copy();
  for (let at = 0; at < leaves.length; at += HASH_BYTES)
    frontier.append(leaves.subarray(at, at + HASH_BYTES));
  return frontier;
}
