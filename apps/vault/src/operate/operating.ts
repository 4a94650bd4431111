import type { Log } from '../app/log.ts';
import type { Clocks } from '../clock.ts';
import type { Config } from '../config.ts';
import { createMetrics, type Metrics } from './metrics.ts';
import { createOperateApp } from './operate-app.ts';
import { buildMetric, processMetrics } from './process-metrics.ts';
import { Readying } from './readiness.ts';

/** What there is of a process from its first moment to its last. */
export type Operating = {
  readonly metrics: Metrics;
  readonly readying: Readying;
  close(): Promise<void>;
};

/**
 * Opens the private listener: first of all, so that whoever waits for this process sees that it lives and
 * starts, and closed last, so that its end can be watched too.
 */
export async function openOperating(
  { operate, commit }: Config,
  { steady, log }: Clocks & { readonly log: Log },
): Promise<Operating> {
  const metrics = createMetrics();
  const measuring = processMetrics(metrics.registry);
  buildMetric(metrics.registry, commit);
  const readying = new Readying({ steady, log, metrics });
  const app = createOperateApp({ readying, registry: metrics.registry, log, names: operate.names });
  const close = async () => {
    measuring.stop();
    await app.close();
  };
  try {
    await app.listen({ host: operate.host, port: operate.port });
  } catch (error) {
    await close();
    throw error;
  }
  return { metrics, readying, close };
}
