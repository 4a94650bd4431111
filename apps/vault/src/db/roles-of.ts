import type { Role } from './sql.ts';

/** Which roles of the schema the login of a process needs, by what it does; a process that does more needs all of them. */
export const ROLES_OF = {
  fields: ['fields'],
  api: ['api', 'fields', 'auditor', 'forwarder'],
  worker: ['worker', 'sequencer'],
  'the command line': ['admin', 'api', 'auditor', 'rotator', 'worker'],
} as const satisfies Readonly<Record<string, readonly Role[]>>;

/** What a process does that logs in. */
export type Doing = keyof typeof ROLES_OF;

/** The names of the roles that a login needs which does all of these, each once. */
export function rolesOf(does: readonly Doing[]): string[] {
  const names = does.flatMap((each) => ROLES_OF[each]).map((role) => `hushfield_${role}`);
  return [...new Set(names)].toSorted();
}
