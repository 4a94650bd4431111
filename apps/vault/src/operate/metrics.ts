import { TokenType } from '../tokens/token-kind.ts';
import { ERROR_CODES } from '@hushfield/contract/errors';
import { REASON_WORDS } from '../app/reasons.ts';
import { auditMetrics } from '../audit/audit-metrics.ts';
import { SQL_CLASSES } from '../db/outage.ts';
import { ROLES } from '../role.ts';
import { webhookMetrics } from '../webhooks/webhook-metrics.ts';
import { WORKER_STEPS } from '../worker/steps.ts';
import { CHECKS } from './checks.ts';
import { Registry } from './registry.ts';
import { METHODS, ROUTES, STATUSES } from './route-names.ts';

const ROLE = ['fields', 'api'] as const;
const DB_ROLES = [
  'api',
  'fields',
  'worker',
  'rotator',
  'admin',
  'sequencer',
  'auditor',
  'forwarder',
] as const;
const OUTCOME = ['ok', 'failed'] as const;
const LIMITS = [
  'ticket/address',
  'ticket/key',
  'document/address',
  'tokenize/address',
  'tokenize/session',
  'tokenize/bin',
  'tokenize/key',
  'burn/address',
  'key/address',
] as const;
export type LimitName = (typeof LIMITS)[number];
const CACHES = ['deployment', 'tenant', 'data', 'receive', 'code'] as const;
export type CacheName = (typeof CACHES)[number];

/** Seconds. A request is a millisecond or two, and gives up after half a minute. */
const REQUEST = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10, 30];
const STATEMENT = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.05, 0.25, 1, 5, 15];
const DEVICE = [0.001, 0.01, 0.05, 0.25, 1, 5, 10, 25];
const STEP = [0.01, 0.1, 0.5, 2.5, 10, 60];

/**
 * What a process counts, on one registry of its own. Each group is handed to what it counts; a new part of
 * the vault adds a group here, with its labels as lists.
 */
export function createMetrics() {
  const registry = new Registry();
  return {
    registry,
    http: httpMetrics(registry),
    keys: keyMetrics(registry),
    database: databaseMetrics(registry),
    worker: workerMetrics(registry),
    lists: listMetrics(registry),
    life: lifeMetrics(registry),
    audit: auditMetrics(registry),
    forward: forwardMetrics(registry),
    webhooks: webhookMetrics(registry),
  };
}
export type Metrics = ReturnType<typeof createMetrics>;

function httpMetrics(registry: Registry) {
  const request = { role: ROLE, route: ROUTES, method: METHODS, status: STATUSES };
  const refusal = { role: ROLE, code: ERROR_CODES, reason: REASON_WORDS };
  const limit = { limit: LIMITS, cause: ['spent', 'outage'] } as const;
  return {
    requests: registry.histogram(
      'hushfield_request_seconds',
      'Requests answered, and how long each took.',
      request,
      REQUEST,
    ),
    inFlight: registry.gauge('hushfield_requests_in_flight', 'Requests under way.', { role: ROLE }),
    unreadable: registry.counter(
      'hushfield_unreadable_requests_total',
      'Connections that brought no request that can be read.',
      { role: ROLE, status: ['400', '408', '431'] },
    ),
    refusals: registry.counter(
      'hushfield_refusals_total',
      'Requests refused, by the code outside and the reason inside.',
      refusal,
    ),
    tokenizations: registry.counter(
      'hushfield_tokenizations_total',
      'Seals opened, and what was answered inside them.',
      { what: [...TokenType.options, 'code', 'grant'], outcome: ['ok', ...ERROR_CODES] },
    ),
    limits: registry.counter(
      'hushfield_limit_hits_total',
      'Takes that a limit has refused or made dearer.',
      limit,
    ),
  };
}

function keyMetrics(registry: Registry) {
  return {
    cache: registry.counter(
      'hushfield_key_cache_total',
      'Keys asked for: found in memory, or loaded, or not to be had.',
      { cache: CACHES, result: ['hit', 'loaded', 'failed'] },
    ),
    kek: registry.histogram(
      'hushfield_kek_seconds',
      'Calls of the KEK, and how long each took.',
      { call: ['wrap', 'unwrap', 'other'], outcome: ['ok', 'failed', 'busy'] },
      DEVICE,
    ),
  };
}

function databaseMetrics(registry: Registry) {
  return {
    statements: registry.histogram(
      'hushfield_db_seconds',
      'Statements and transactions, with the wait for a connection.',
      { role: DB_ROLES, outcome: OUTCOME },
      STATEMENT,
    ),
    errors: registry.counter(
      'hushfield_db_errors_total',
      'Errors of the database, by class of SQLSTATE; network and timeout are the way to it.',
      { class: SQL_CLASSES },
    ),
  };
}

function workerMetrics(registry: Registry) {
  return {
    rounds: registry.counter('hushfield_worker_rounds_total', 'Rounds of the worker.', {
      outcome: OUTCOME,
    }),
    steps: registry.histogram(
      'hushfield_worker_step_seconds',
      'Steps of a round, and how long each took.',
      { step: WORKER_STEPS, outcome: OUTCOME },
      STEP,
    ),
    lastGood: registry.gauge(
      'hushfield_worker_last_good_round_timestamp_seconds',
      'When a round of this process last did all that was due.',
      {},
    ),
  };
}

function forwardMetrics(registry: Registry) {
  return {
    outcomes: registry.counter(
      'hushfield_forwards_total',
      'Requests sent on to destinations, by what is known of them; echo: card data came back, and was taken out.',
      { outcome: ['answered', 'echo', 'not_sent', 'unknown'] },
    ),
    seconds: registry.histogram(
      'hushfield_forward_seconds',
      'How long destinations took, from the intent to the outcome.',
      {},
      REQUEST,
    ),
  };
}

/** Of the lists of receive keys that frames take. */
function listMetrics(registry: Registry) {
  const at = (what: string, help: string) =>
    registry.gauge(`hushfield_${what}_timestamp_seconds`, help, {});
  return {
    manifestEnds: at('manifest_expiry', 'When the newest list of receive keys runs out.'),
    delegationEnds: at('delegation_expiry', 'When the word of the root in it runs out.'),
    receiveKeySince: at('receive_key_start', 'Since when the receive key in use is sealed to.'),
  };
}

function lifeMetrics(registry: Registry) {
  return {
    ready: registry.gauge('hushfield_ready', 'Whether a check of readiness is well: 1 or 0.', {
      check: CHECKS,
    }),
    serves: registry.gauge('hushfield_serves', 'Whether the process has started as this role: 1.', {
      role: ROLES,
    }),
  };
}
