import type { Registry } from '../operate/registry.ts';
import { ATTEMPT_REASONS } from './judge-answer.ts';

/** Seconds; a try ends after fifteen. */
const TRY = [0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 15];

/** What a worker tells of webhooks. */
export function webhookMetrics(registry: Registry) {
  return {
    deliveries: registry.histogram(
      'hushfield_webhook_delivery_seconds',
      'Tries to deliver an event, by what came of them, and how long each took.',
      { outcome: [...ATTEMPT_REASONS, 'released'] },
      TRY,
    ),
    due: registry.gauge(
      'hushfield_webhook_due_deliveries',
      'Deliveries that are due and not taken; counted up to a hundred thousand.',
      {},
    ),
    oldest: registry.gauge(
      'hushfield_webhook_due_oldest_seconds',
      'How long the one of those has waited that has waited longest.',
      {},
    ),
    disabled: registry.gauge(
      'hushfield_webhook_disabled_endpoints',
      'Endpoints that were disabled because they failed or are gone.',
      {},
    ),
  };
}
