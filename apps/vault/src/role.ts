/** What a process may be, alone or together. */
export const ROLES = ['fields', 'api', 'worker'] as const;
export type NodeRole = (typeof ROLES)[number];

/** As what a process opens the keys. */
export type Opener = {
  /** None for a command. */
  readonly roles: readonly NodeRole[];
  /** Whether this may be the first start of a deployment, which alone makes keys. */
  readonly fills: boolean;
};

/** A command uses what keys it needs, and makes none by the way. */
export const COMMAND: Opener = { roles: [], fills: false };
