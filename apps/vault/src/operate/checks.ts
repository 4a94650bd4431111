/** All that can keep a process from being ready, in the order in which somebody on call looks. */
export const CHECKS = [
  'started',
  'not-draining',
  'database',
  'schema',
  'keys',
  'manifest',
  'receive-key',
  'worker-round',
] as const;
export type CheckName = (typeof CHECKS)[number];
