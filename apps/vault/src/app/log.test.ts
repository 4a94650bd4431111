import { expect, test } from 'vitest';
import { createLog, detailOf } from './log.ts';

function logged(write: (log: ReturnType<typeof createLog>) => void): Record<string, unknown> {
  const lines: string[] = [];
  write(createLog('info', (line) => lines.push(line)));
  return JSON.parse(lines.join(''));
}

test('writes allowed fields only', () => {
  const spread = { requestId: 'req_1', status: 200, body: 'secret', headers: { cookie: 'x' } };
  const { time, ...line } = logged((log) => log.info(spread, 'request'));
  expect(time).toMatch(/^\d{4}-\d\d-\d\dT/);
  expect(line).toStrictEqual({ level: 30, requestId: 'req_1', status: 200, msg: 'request' });
});

test('says whose a line is: of the role that writes it, or of the process', () => {
  const lines: string[] = [];
  const log = createLog('info', (line) => lines.push(line), 'worker');
  log.warn({}, 'its own');
  log.info({ role: 'api' }, 'another');
  expect(lines.map((line): unknown => JSON.parse(line).role)).toStrictEqual(['worker', 'api']);
});

test('scrubs before it cuts', () => {
  const detail = detailOf(
    Object.assign(new Error(), { stack: `${'x'.repeat(1_990)}4242424242424242` }),
  );
  expect(detail).toBe(`${'x'.repeat(1_990)}[redacted]`);
});

test('scrubs the finished line', () => {
  const detail = detailOf(new Error('could not store 4242 4242 4242 4242 for sk_test_abc'));
  const line = logged((log) => log.error({ detail }, 'failed'));
  expect(String(line.detail)).toMatch(
    /^Error: could not store \[redacted\] for sk_test_\[redacted\] \| at /,
  );
});
