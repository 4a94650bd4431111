/** What a round consists of, as metrics name it. */
export const WORKER_STEPS = [
  'purge-codes',
  'report-unknown',
  'purge-tokens',
  'purge-answers',
  'purge-sessions',
  'purge-grants',
  'purge-forwards',
  'purge-events',
  'purge-counters',
  'destroy-receive-keys',
  'turn-keys',
] as const;
export type WorkerStep = (typeof WORKER_STEPS)[number];
