import { createServer } from 'node:net';

const SPAN = 8;

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}

/** Tests that run beside each other each have their own bases: nobody finds free what another is about to take. */
const WORKERS = 8;
const worker = Number(process.env['TEST_PARALLEL_INDEX'] ?? 0) % WORKERS;

/** A base with the ports above it free, away from those a developer's own run would use. */
export async function freePortBase(): Promise<number> {
  for (let attempt = 0; attempt < 100; attempt += 1) {
    const base = 20_000 + (Math.floor(Math.random() * 150) * WORKERS + worker) * 10;
    const ports = Array.from({ length: SPAN }, (_, offset) => isFree(base + offset));
    if ((await Promise.all(ports)).every(Boolean)) return base;
  }
  throw new Error('no free ports');
}
