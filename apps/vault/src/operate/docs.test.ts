import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { REASONS } from '../app/reasons.ts';
import { CHECKS } from './checks.ts';
import { createMetrics } from './metrics.ts';
import { buildMetric, poolMetrics, processMetrics } from './process-metrics.ts';

const APPS = join(import.meta.dirname, '../../..');
const page = readFileSync(join(APPS, 'docs/operate.md'), 'utf8');
const rules = readFileSync(join(APPS, 'vault/deploy/prometheus-rules.yml'), 'utf8');

function metricNames(): string[] {
  const { registry } = createMetrics();
  processMetrics(registry).stop();
  poolMetrics(registry, { pool: () => ({ open: 1, idle: 1, most: 1, waiting: 0 }) });
  buildMetric(registry, undefined);
  return [...registry.text().matchAll(/^# TYPE (\S+)/gm)].map(([, name = '']) => name);
}

test('the page for those on call names every metric, and no other', () => {
  const names = metricNames();
  const told = page.split('\n').filter((line) => /^\| `(hushfield|process)_/.test(line));
  const found = told.flatMap((line) => line.match(/\b(?:hushfield|process)_\w+(?=`)/g) ?? []);
  expect(found.toSorted()).toStrictEqual(names.toSorted());
});

test('it has every reason, in the words of the log, and every check', () => {
  for (const [reason, sentence] of Object.entries(REASONS))
    expect(page).toContain(`| \`${reason}\` | ${sentence} |`);
  for (const check of CHECKS) expect(page).toContain(`| \`${check}\` | `);
});

test('alerts look at metrics that there are', () => {
  const names = new Set(metricNames());
  const used = rules.match(/\bhushfield_\w+/g) ?? [];
  expect(used.length).toBeGreaterThan(12);
  expect(
    used.map((name) => name.replace(/_count$/, '')).filter((name) => !names.has(name)),
  ).toStrictEqual([]);
});

// A comma ends a value within braces, and Prometheus then takes none of the rules: promtool is not on every machine.
test('alerts say what they say to its end', () => {
  const summaries = [...rules.matchAll(/summary: (.+) \}/g)].map(([, text = '']) => text);
  expect(summaries.length).toBe(rules.match(/- alert:/g)?.length);
  expect(summaries.filter((text) => text.includes(',') && !/^".*"$/.test(text))).toStrictEqual([]);
});
