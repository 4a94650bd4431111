import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

function repositoryRoot(from: string): string {
  if (existsSync(join(from, 'pnpm-workspace.yaml'))) return from;
  return repositoryRoot(dirname(from));
}

const folder = join(repositoryRoot(import.meta.dirname), '..', 'shared', 'vectors');

/** Whether the full vector sets lie next to this checkout; a clone without them still tests. */
export const absent = !existsSync(folder);
if (absent) console.info('vectors absent: the full sets are skipped');

/** The shape is the caller's statement about a file that we trust, as we trust our own tests. */
export function load<T>(path: string): T {
  return JSON.parse(readFileSync(join(folder, path), 'utf8'));
}

export type Wycheproof<Group, Case> = {
  readonly numberOfTests: number;
  readonly testGroups: readonly (Group & {
    readonly tests: readonly (Case & {
      readonly tcId: number;
      readonly result: 'valid' | 'invalid' | 'acceptable';
      readonly comment?: string;
    })[];
  })[];
};

export function hex(text: string): Uint8Array {
  return Uint8Array.from(Buffer.from(text, 'hex'));
}

export function toHex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex');
}

export function report(name: string, checked: number): void {
  console.info(`vectors ${name}: ${checked} checked`);
}
