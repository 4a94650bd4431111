export { type Checkpoint, openCheckpoint, signCheckpoint } from './checkpoint.ts';
export { readVerifierKey, verifierKey } from './verifier-key.ts';
export { consistencyPath, verifyConsistency, verifySubtree } from './consistency.ts';
export { Frontier, type NewNode } from './frontier.ts';
export { EMPTY_ROOT, HASH_BYTES, leafHash } from './hashing.ts';
export { inclusionPath, verifyInclusion } from './inclusion.ts';
export { joinNodes, type Range, type TreeNode, wholeNodes } from './ranges.ts';
