import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import type { Database } from '../db/sql.ts';
import type { Registry } from './registry.ts';

const RESOLUTION_MS = 20;
const NANO = 1e9;

/** What is known of any process: memory, processor, files, and how late the one thread is. */
export function processMetrics(registry: Registry): { stop(): void } {
  const lag = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  lag.enable();
  const started = Date.now() / 1000 - process.uptime();
  const one = (name: string, kind: 'counter' | 'gauge', help: string, value: () => number) =>
    registry.looked([name, kind, help], {}, () => [[{}, value()]]);
  one('process_start_time_seconds', 'gauge', 'When it started.', () => started);
  one('process_cpu_seconds_total', 'counter', 'Processor time used.', processorSeconds);
  one('process_resident_memory_bytes', 'gauge', 'Memory it has now.', () =>
    process.memoryUsage.rss(),
  );
  one('process_open_fds', 'gauge', 'Open files and sockets.', openFiles);
  one('process_max_fds', 'gauge', 'How many it may have.', mostFiles);
  registry.looked(
    ['hushfield_event_loop_lag_seconds', 'gauge', 'How late the thread was since the last look.'],
    { quantile: ['0.5', '0.99', '1'] },
    () => {
      // It measures the whole time between two beats of its own; what is late is the rest.
      const late = (ns: number) => Math.max(0, ns / NANO - RESOLUTION_MS / 1000);
      const seen = [lag.percentile(50), lag.percentile(99), lag.max] as const;
      lag.reset();
      return [
        [{ quantile: '0.5' }, late(seen[0])],
        [{ quantile: '0.99' }, late(seen[1])],
        [{ quantile: '1' }, late(seen[2])],
      ];
    },
  );
  return { stop: () => lag.disable() };
}

function processorSeconds(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
}

/** Where the system tells; elsewhere the metric is left out. */
function openFiles(): number {
  try {
    return readdirSync('/proc/self/fd').length;
  } catch {
    return Number.NaN;
  }
}

function mostFiles(): number {
  try {
    const limits = readFileSync('/proc/self/limits', 'utf8');
    return Number(/^Max open files\s+(\d+)/m.exec(limits)?.[1]);
  } catch {
    return Number.NaN;
  }
}

/** The connections of the pool, where there is one. */
export function poolMetrics(registry: Registry, { pool }: Pick<Database, 'pool'>): void {
  if (pool === undefined) return;
  registry.looked(
    ['hushfield_db_pool_connections', 'gauge', 'Connections to the database.'],
    { state: ['busy', 'idle', 'most'] },
    () => {
      const { open, idle, most } = pool();
      return [
        [{ state: 'busy' }, open - idle],
        [{ state: 'idle' }, idle],
        [{ state: 'most' }, most],
      ];
    },
  );
  registry.looked(
    ['hushfield_db_pool_waiting', 'gauge', 'Statements that wait for a connection.'],
    {},
    () => [[{}, pool().waiting]],
  );
}

/** Which build this is. The value is 1; what it says stands in the labels. */
export function buildMetric(registry: Registry, commit: string | undefined): void {
  const text = readFileSync(join(import.meta.dirname, '../../package.json'), 'utf8');
  const version = /"version":\s*"([\w.-]+)"/.exec(text)?.[1] ?? 'unknown';
  const known = commit ?? 'unknown';
  registry.looked(
    ['hushfield_build_info', 'gauge', 'The version that runs.'],
    { version: [version], commit: [known], node: [process.version] },
    () => [[{ version, commit: known, node: process.version }, 1]],
  );
}
