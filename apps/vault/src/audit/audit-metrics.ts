import type { Registry } from '../operate/registry.ts';

/** What a worker tells of the audit log; the others have no series of it. */
export function auditMetrics(registry: Registry) {
  const gauge = (what: string, help: string) => registry.gauge(`hushfield_audit_${what}`, help, {});
  const counter = (what: string, help: string) =>
    registry.counter(`hushfield_audit_${what}`, help, {});
  return {
    entries: gauge('entries', 'Entries that have a place in the log.'),
    waiting: gauge('waiting_entries', 'Entries that wait for one; counted up to a thousand.'),
    waited: gauge('waiting_oldest_seconds', 'How long the oldest of those has waited.'),
    signed: gauge('signed_entries', 'Entries that the newest signed state covers.'),
    witnessed: gauge('witnessed_entries', 'Entries that the witness file of this worker knows.'),
    contradiction: gauge(
      'contradiction',
      '1 while the log contradicts that file, and is not signed.',
    ),
    lastGood: gauge(
      'last_good_round_timestamp_seconds',
      'When this worker last did all that was due for the log.',
    ),
    placed: counter('placed_entries_total', 'Entries that this worker has given a place.'),
    removed: counter('removed_entries_total', 'Entries that were gone before they had one.'),
  };
}
