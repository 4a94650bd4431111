import { vi } from 'vitest';
import type { Sql } from '../src/db/sql.ts';

/** A door that a test opens, so that two things happen in the order that it is about. */
export function latch() {
  let open = () => {};
  const opened = new Promise<void>((resolve) => (open = resolve));
  return { open: () => open(), opened };
}

/** Resolves once somebody waits for another's rows. On PostgreSQL, which has more than one session. */
export async function untilLocked(owner: Sql): Promise<void> {
  const waiting = async () =>
    (
      await owner.query(
        "SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'",
      )
    ).length;
  await vi.waitUntil(waiting, { timeout: 5_000 });
}
