import { createServer } from 'node:net';

/** Test files that run beside each other each have their own bases, below those that the kernel gives out by itself. */
const WORKERS = 8;
const worker = Number(process.env['VITEST_POOL_ID'] ?? 0) % WORKERS;

/** A base with the ports free that a vault takes. */
export async function freeBase(): Promise<number> {
  const base = 20_000 + (Math.floor(Math.random() * 150) * WORKERS + worker) * 10;
  const free = await Promise.all([base + 1, base + 2, base + 4].map(isFree));
  return free.every(Boolean) ? base : freeBase();
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}
