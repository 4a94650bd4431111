import { readFileSync } from 'node:fs';
import { hushfieldMain } from '../../../.workshop/built.ts';
import type { Resources } from '../resources.ts';
import { environmentOf, type VaultPlace } from './vault.ts';

/** One process that is nothing but an API, as operators run them. */
export type ApiNode = { readonly port: number; readonly pid: number };

const START_MS = 20_000;

export async function startApiNode(
  resources: Resources,
  place: VaultPlace & { readonly dataDir: string },
): Promise<ApiNode> {
  const child = resources.spawn(process.execPath, [...hushfieldMain, 'serve', '--role', 'api'], {
    stdio: 'ignore',
    env: environmentOf(place),
  });
  const port = place.portBase + 2;
  for (const until = performance.now() + START_MS; performance.now() < until; ) {
    const answer = await fetch(`http://127.0.0.1:${place.portBase + 4}/readyz`).catch(
      () => undefined,
    );
    if (answer?.ok === true) return { port, pid: child.pid ?? 0 };
    if (child.exitCode !== null) break;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error('the API node did not start');
}

const KIB = 1_024;

/** Bytes a process has in memory now, where the system tells. */
export function residentBytes(pid: number): number {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  return Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1]) * KIB;
}
