import { expect, test } from 'vitest';
import { Registry } from './registry.ts';

test('writes the text format', () => {
  const registry = new Registry();
  const asked = registry.counter('asked_total', 'Asked.', { role: ['api', 'fields'], way: ['in'] });
  asked.add({ role: 'api', way: 'in' });
  asked.add({ role: 'api', way: 'in' }, 2);
  const held = registry.gauge('held', 'Held.', {});
  held.set({}, 7);
  held.add({}, -3);
  const took = registry.histogram('took_seconds', 'Took.', { role: ['api'] }, [0.1, 1]);
  for (const seconds of [0.05, 0.1, 0.5, 3]) took.observe({ role: 'api' }, seconds);
  registry.looked(['seen', 'gauge', 'Seen.'], { state: ['a', 'b'] }, () => [
    [{ state: 'a' }, 1.5],
    [{ state: 'b' }, Number.NaN],
  ]);
  expect(registry.text()).toBe(`# HELP asked_total Asked.
# TYPE asked_total counter
asked_total{role="api",way="in"} 3
asked_total{role="fields",way="in"} 0
# HELP held Held.
# TYPE held gauge
held 4
# HELP took_seconds Took.
# TYPE took_seconds histogram
took_seconds_bucket{role="api",le="0.1"} 2
took_seconds_bucket{role="api",le="1"} 3
took_seconds_bucket{role="api",le="+Inf"} 4
took_seconds_sum{role="api"} 3.65
took_seconds_count{role="api"} 4
# HELP seen Seen.
# TYPE seen gauge
seen{state="a"} 1.5
`);
});

const HOSTILE = ['4242424242424242', 'api"} 1\n', '__proto__', 'constructor', '', '\\', 'é'];

test.each(HOSTILE)('attacks: a label value that types would not let through: %j', (value) => {
  const registry = new Registry();
  const asked = registry.counter('asked_total', 'Asked.', { role: ['api'] });
  const took = registry.histogram('took_seconds', 'Took.', { role: ['api'] }, []);
  asked.add({ role: value as 'api' });
  took.observe({ role: value as 'api' }, 1);
  const lines = registry
    .text()
    .split('\n')
    .filter((line) => !line.startsWith('#'));
  expect(lines.slice(0, 2)).toStrictEqual([
    'asked_total{role="api"} 0',
    'asked_total{role="other"} 1',
  ]);
  expect(lines.slice(1).filter((line) => !line.includes('role="other"'))).toStrictEqual(['']);
});

test('has each metric once', () => {
  const registry = new Registry();
  registry.gauge('held', 'Held.', {});
  expect(() => registry.counter('held', 'Held.', {})).toThrow('held');
});
