import { isOutage, sqlClass } from '../db/outage.ts';
import type { Database, Role } from '../db/sql.ts';
import type { Metrics } from './metrics.ts';

/** A database whose statements and transactions are counted and timed; what an owner does is not. */
export function countedDatabase(sql: Database, { database }: Metrics): Database {
  const timed = async <T>(role: Role, work: () => Promise<T>) => {
    const started = performance.now();
    const note = (outcome: 'ok' | 'failed') =>
      database.statements.observe({ role, outcome }, (performance.now() - started) / 1000);
    try {
      const result = await work();
      note('ok');
      return result;
    } catch (error) {
      // What `work` refuses by itself rolls back too, and is no fault of the database.
      const from = sqlClass(error);
      if (from !== undefined) database.errors.add({ class: from });
      note(from === undefined && !isOutage(error) ? 'ok' : 'failed');
      throw error;
    }
  };
  return {
    ...sql,
    as(role, tenant) {
      const inner = sql.as(role, tenant);
      return { query: (...statement) => timed(role, () => inner.query(...statement)) };
    },
    transaction: (scope, work) => timed(scope.role, () => sql.transaction(scope, work)),
  };
}
