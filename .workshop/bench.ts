/*
 * `npm run bench [-- row …] [--quick]`: every budget, in a browser and at the vault. `npm run bench -- scale
 * [rows …]`: what each statement costs as tables grow; `npm run bench -- audit [entries]`: what the audit log
 * costs; `npm run bench -- webhooks [queued]`: what events cost the act, and how many are delivered a second;
 * `npm run bench -- forward [requests]`: what it costs to send a card on. None of them needs a browser.
 */
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { ensureBuilt, root } from './built.ts';
import { ensureChromium } from './chromium.ts';
import { startPostgres } from './postgres.ts';

const [first, ...rest] = process.argv.slice(2);
if (first === 'scale') {
  const { scale } = await import('./scale.ts');
  await scale(rest.map(Number));
  process.exit();
}
if (first === 'audit') {
  const { auditCost } = await import('./audit-cost.ts');
  await auditCost(Number(rest[0] ?? 100_000));
  process.exit();
}
if (first === 'webhooks') {
  const { webhookCost } = await import('./webhook-cost.ts');
  await webhookCost(Number(rest[0] ?? 100_000));
  process.exit();
}

if (first === 'forward') {
  const { forwardCost } = await import('./forward-cost.ts');
  await forwardCost(Number(rest[0] ?? 400));
  process.exit();
}

ensureBuilt();
const HUSHFIELD_CHROMIUM = ensureChromium();
// A server that is there already may be named instead; the bench makes databases of its own on it.
const named = process.env['HUSHFIELD_TEST_PG'];
const postgres = named ? { url: named, stop: async () => {} } : await startPostgres();
// Ctrl-C reaches the bench by itself; this waits for its orderly end, so that nothing is left over.
process.on('SIGINT', () => {});
const bench = spawn(
  process.execPath,
  [
    '--disable-warning=ExperimentalWarning',
    join(root, 'e2e/bench/main.ts'),
    ...process.argv.slice(2),
  ],
  {
    cwd: root,
    stdio: 'inherit',
    env: { ...process.env, HUSHFIELD_CHROMIUM, HUSHFIELD_TEST_PG: postgres.url },
  },
);
for (const signal of ['SIGTERM', 'SIGHUP'] as const) process.on(signal, () => bench.kill(signal));
const code = await new Promise<number>((resolve) => {
  bench.once('exit', (code) => resolve(code ?? 1));
});
await postgres.stop();
process.exitCode = code;
