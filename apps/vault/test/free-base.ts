import { createServer } from 'node:net';

/** A base with the ports free that a vault takes. */
export async function freeBase(): Promise<number> {
  const base = 20_000 + Math.floor(Math.random() * 20_000);
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
