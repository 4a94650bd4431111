import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ask } from '../../test/backend.ts';
import { ENGINES } from '../../test/engines.ts';
import { post, tokenize } from '../../test/sealed-request.ts';
import { type TestVault, testVault } from '../../test/test-vault.ts';
import { findRuns } from '../app/digit-runs.ts';
import { scrubNumbers } from '../app/scrub.ts';
import { ROLES } from '../role.ts';
import { runWorkerRound } from '../worker/worker.ts';
import { createOperateApp } from './operate-app.ts';
import { buildMetric, poolMetrics, processMetrics } from './process-metrics.ts';
import { Readying } from './readiness.ts';
import { checksOf } from './role-checks.ts';
import { ROUTES, routeName } from './route-names.ts';

const PAN = '4242424242424242';
const IFRAME = { 'sec-fetch-dest': 'iframe' };

/** The whole paths in the tree that the framework prints. */
function pathsIn(tree: string): string[] {
  const above: string[] = [];
  return tree.split('\n').flatMap((line) => {
    const [, indent = '', part, methods] = /^([│├└─\s]*)(\S+)(?: \((.*)\))?$/u.exec(line) ?? [];
    if (part === undefined) return [];
    const depth = indent.length / 4;
    above.splice(depth - 1, above.length, part);
    return methods === undefined ? [] : [above.join('')];
  });
}

describe.each(ENGINES)('metrics on %s', (engine) => {
  let it: TestVault;
  let scrape: () => Promise<string>;
  let stop: () => void;
  beforeAll(async () => {
    it = await testVault({ engine });
    const { vault } = it;
    const { registry } = vault.metrics;
    const measuring = processMetrics(registry);
    poolMetrics(registry, vault.sql);
    buildMetric(registry, 'c0ffee1');
    const readying = new Readying(vault);
    readying.begin(checksOf(vault, ROLES, undefined));
    const app = createOperateApp({ readying, registry, log: vault.log, names: ['localhost'] });
    scrape = async () => (await app.inject('/metrics')).body;
    stop = () => {
      measuring.stop();
      void app.close();
    };
  }, 60_000);
  afterAll(async () => {
    stop();
    await it.close();
  });

  /** The value of one series. */
  const valueOf = (text: string, series: string) => {
    const line = text.split('\n').find((each) => each.startsWith(`${series} `));
    return line === undefined ? undefined : Number(line.slice(series.length + 1));
  };

  test('counts what was done, each under its own labels', async () => {
    await tokenize(it);
    await tokenize(it, { card: { number: PAN, expMonth: 1, expYear: 2020 } });
    await post(it, { v: 1 });
    await ask(it, undefined, 'GET', '/v1/tokens');
    await it.fields.inject({ url: `/f1/${it.merchant.publishableKey}/field`, headers: IFRAME });
    await it.api.inject('/nowhere');
    await runWorkerRound(it.vault);
    const text = await scrape();
    const seen = (series: string) => valueOf(text, series);
    const route = (role: string, name: string, method: string, status: string) =>
      seen(
        `hushfield_request_seconds_count{role="${role}",route="${name}",method="${method}",status="${status}"}`,
      );
    expect(route('api', '/v1/tokenize', 'POST', '2xx')).toBe(2);
    expect(route('api', '/v1/tokenize', 'POST', '4xx')).toBe(1);
    expect(route('api', '/v1/tokens', 'GET', '4xx')).toBe(1);
    expect(route('api', '(none)', 'GET', '4xx')).toBe(1);
    expect(route('fields', '/f1/:key/field', 'GET', '2xx')).toBe(1);
    expect(seen('hushfield_tokenizations_total{what="card",outcome="ok"}')).toBe(1);
    expect(seen('hushfield_tokenizations_total{what="card",outcome="expired_card"}')).toBe(1);
    const refused = 'hushfield_refusals_total{role="api",code=';
    expect(seen(`${refused}"invalid_request",reason="body_form"}`)).toBe(1);
    expect(seen(`${refused}"unauthorized",reason="key_missing"}`)).toBe(1);
    expect(seen('hushfield_requests_in_flight{role="api"}')).toBe(0);
    expect(seen('hushfield_key_cache_total{cache="tenant",result="loaded"}')).toBe(1);
    expect(seen('hushfield_worker_rounds_total{outcome="ok"}')).toBe(2);
    expect(seen('hushfield_worker_step_seconds_count{step="turn-keys",outcome="ok"}')).toBe(2);
    expect(seen('hushfield_worker_last_good_round_timestamp_seconds')).toBe(it.time.now / 1000);
    expect(seen('hushfield_db_seconds_count{role="api",outcome="ok"}')).toBeGreaterThan(2);
    expect(seen('hushfield_kek_seconds_count{call="unwrap",outcome="ok"}')).toBeGreaterThan(3);
    expect(seen('hushfield_ready{check="manifest"}')).toBe(1);
    const now = it.time.now / 1000;
    expect(seen('hushfield_manifest_expiry_timestamp_seconds')).toBe(now + 24 * 3600);
    expect(seen('hushfield_delegation_expiry_timestamp_seconds')).toBeGreaterThan(
      now + 30 * 86_400,
    );
    expect(seen('hushfield_receive_key_start_timestamp_seconds')).toBe(now - 300);
    expect(seen('process_resident_memory_bytes')).toBeGreaterThan(20e6);
    expect(text).toMatch(/^hushfield_build_info\{version="[\d.]+",commit="c0ffee1",node="v24/m);
    const pool = seen('hushfield_db_pool_connections{state="most"}');
    expect(pool).toBe(engine === 'postgres' ? 10 : undefined);
  });

  test('counts an error of the database by its class, and the failed request', async () => {
    const wrong = it.vault.sql.as('api').query('SELECT nothing');
    await expect(wrong).rejects.toThrow('nothing');
    const refused = it.vault.sql.transaction({ role: 'api' }, () =>
      Promise.reject(new Error('no')),
    );
    await expect(refused).rejects.toThrow('no');
    const text = await scrape();
    expect(valueOf(text, 'hushfield_db_errors_total{class="42"}')).toBe(1);
    expect(valueOf(text, 'hushfield_db_seconds_count{role="api",outcome="failed"}')).toBe(1);
  });

  const HOSTILE = [
    { url: `/v1/tokens/${PAN}` },
    { url: `/${PAN}`, method: 'PROPFIND' },
    { url: `/v1/tokens?customer=${PAN}` },
    { url: `/f1/${PAN}/field`, headers: IFRAME },
    { url: '/v1/tokenize', method: 'POST', headers: { origin: `https://${PAN}.example` } },
    { url: '/v1/docs', headers: { authorization: `Bearer ${PAN}`, 'x-request-id': PAN } },
    { url: `/assets/${PAN}.js` },
    { url: '/%zz' },
    { url: `/v1/tokens/${'a"} 1\\n'.repeat(3)}` },
  ];

  test('attacks: nothing from outside becomes a label, and no number stands anywhere', async () => {
    const seriesOf = (text: string) =>
      text
        .split('\n')
        .flatMap((line) => /^(?<series>[a-z]\S*\{.*\}) /.exec(line)?.groups?.series ?? []);
    for (const asked of HOSTILE) {
      await it.api.inject(asked as object);
      await it.fields.inject(asked as object);
    }
    const before = seriesOf(await scrape());
    for (let n = 0; n < 50; n += 1) {
      await it.api.inject(`/v1/tokens/${n}${PAN}`);
      await it.api.inject({ url: `/x${n}`, headers: { authorization: `Bearer sk_test_${n}` } });
      await it.fields.inject({ url: `/f1/pk_test_${n}/field`, headers: IFRAME });
    }
    const text = await scrape();
    expect(seriesOf(text)).toStrictEqual(before);
    expect(text).not.toContain(PAN);
    expect(text).not.toMatch(/PROPFIND|example|[prs]k_(test|live)_|(req|ten|tok)_/);
    // Values are times and counts; a label never looks like a number of a card.
    const labels = seriesOf(text).join('\n');
    expect(scrubNumbers(labels)).toBe(labels);
    expect(findRuns(labels)).toStrictEqual([]);
  });

  test('has a name for every route that there is, and no other', () => {
    const patterns = [it.api, it.fields].flatMap((app) =>
      pathsIn(app.printRoutes({ commonPrefix: false })).filter((path) => path !== '*'),
    );
    expect(patterns.length).toBeGreaterThan(15);
    expect(patterns.filter((pattern) => routeName(pattern) === '(none)')).toStrictEqual([]);
    // The framework prints the first as a star alone; the second are an operator's, and here are none.
    expect(it.fields.hasRoute({ method: 'GET', url: '/f0/*' })).toBe(true);
    const names = new Set<string>(
      [...patterns, '/f0/*', '/fonts/a.woff2'].map(routeName).concat('(none)'),
    );
    expect([...names].toSorted()).toStrictEqual(ROUTES.toSorted());
  });
});
