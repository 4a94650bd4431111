import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const MAIN = join(import.meta.dirname, '../../test/crashing.ts');

/** A real process, as it writes and ends. */
async function run(way: string) {
  const { PATH } = process.env;
  const child = spawn(process.execPath, [MAIN, way], {
    env: { PATH },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const said = { out: '', err: '' };
  child.stdout.on('data', (data) => (said.out += String(data)));
  child.stderr.on('data', (data) => (said.err += String(data)));
  const code = await new Promise((resolve) => child.once('close', resolve));
  const all = (said.out + said.err).replaceAll(/[^\d]/g, '');
  expect(all).not.toContain('4242424242');
  return { ...said, code };
}

test.each([
  ['console', "card [redacted] { number: '[redacted]' }\n"],
  ['spaced', '[redacted]\n'],
  ['bytes', '[redacted]\n'],
  ['hex', '[redacted]\n'],
  ['split', 'card [redacted] end\n'],
  ['callback', '[redacted]\ncalled back\n'],
])('scrubs what is written by %s', async (way, out) => {
  expect(await run(way)).toStrictEqual({ out, err: '', code: 0 });
});

test('scrubs what is written to the other stream, keys of the API too', async () => {
  const err = 'card [redacted] key sk_test_[redacted]\n';
  expect(await run('error')).toStrictEqual({ out: '', err, code: 0 });
});

test('loses nothing that was written right before an exit', async () => {
  const partial = { out: 'first\ncard [redacted] no end of line', err: 'last words', code: 3 };
  expect(await run('partial')).toStrictEqual(partial);
  const { out, code } = await run('much');
  expect([out.split('\n').length, code]).toStrictEqual([5_001, 0]);
  expect(out).toMatch(/line 4999: ok \[redacted\]\n$/);
});

test('scrubs a warning of Node', async () => {
  const { err, code } = await run('warning');
  expect(err).toMatch(/^\(node:\d+\) Warning: deprecated \[redacted\]\n$/m);
  expect(code).toBe(0);
});

test('scrubs a crash before it is cut', async () => {
  const { err } = await run('long');
  expect(err).toMatch(/x \[redacted/);
  expect(err).not.toMatch(/\d{4}/);
});

test.each([
  ['throws', 'Error: could not store [redacted]'],
  ['database', 'Error: violates check constraint'],
  ['rejects', 'Error: could not store [redacted]'],
  ['later', 'RangeError: [redacted]'],
])('scrubs a crash that %s, and keeps its stack', async (way, sentence) => {
  const { err, code } = await run(way);
  expect(err).toContain(sentence);
  expect(err).toMatch(/at .*crashing\.ts:\d+:\d+/);
  expect(code).toBe(1);
  expect(err).not.toContain('canary');
  if (way === 'throws') expect(err).toContain('[cause]: TypeError: of sk_live_[redacted]');
});
