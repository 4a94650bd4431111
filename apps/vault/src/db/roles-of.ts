import type { Role } from './sql.ts';

/** Which roles of the schema the login of a process needs, by what it does; a process that does more needs all of them. */
export const ROLES_OF = {
  fields: ['fields'],
  api: ['api', 'fields', 'auditor'],
  worker: ['worker', 'sequencer'],
  'the command line': ['admin', 'api', 'auditor', 'rotator', 'worker'],
} as const satisfies Readonly<Record<string, readonly Role[]>>;
