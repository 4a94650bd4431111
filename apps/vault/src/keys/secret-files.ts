import { existsSync, readdirSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { NodeRole } from '../role.ts';
import { unlessGone } from './stored.ts';

/** Keys that a deployment has, beside those of its tenants. */
export const SECRET_NAMES = [
  'pepper',
  'ticket',
  'session',
  'manifest',
  'audit',
  'offline-root/root',
] as const;
export type SecretName = (typeof SECRET_NAMES)[number];

const ROOT: SecretName = 'offline-root/root';

/** Those of a mode: in live mode the root is on a machine without a network, and never here. */
export function secretNames(mode: 'test' | 'live'): readonly SecretName[] {
  return mode === 'test' ? SECRET_NAMES : SECRET_NAMES.filter((name) => name !== ROOT);
}

/**
 * What a role uses all the time, and has to find in order at its start. What signs for frames is the
 * worker's alone: who takes over an api node finds neither the manifest key in its memory, nor the root.
 */
const NEEDS: Readonly<Record<NodeRole, readonly SecretName[]>> = {
  fields: ['pepper', 'ticket', 'session'],
  api: ['pepper', 'ticket', 'session'],
  worker: ['manifest', 'audit'],
};

export function secretsOf(roles: readonly NodeRole[]): ReadonlySet<SecretName> {
  return new Set(roles.flatMap((role) => NEEDS[role]));
}

/** Whether a root's seed lies here, under any of the names that one may have. */
export function holdsRoot(folder: string): boolean {
  return existsSync(join(folder, dirname(ROOT))) && secretFiles(folder, ROOT).length > 0;
}

/** Where one key of a name lies, and since when it is the one in use, in unix seconds. */
export type SecretFile = { readonly from: number; readonly file: string };

const FROM = /^\.(?<from>[1-9]\d{0,11})$/;

/** The first key of a name has no time in its file's name. */
export function secretFile(name: SecretName, from: number): string {
  return from === 0 ? name : `${name}.${from}`;
}

/** All files of a name, oldest key first. */
export function secretFiles(folder: string, name: SecretName): SecretFile[] {
  return unlessGone(() => readdirSync(join(folder, dirname(name))))
    .flatMap((file) => {
      const from = timeOf(file, basename(name));
      return from === undefined ? [] : [{ from, file: secretFile(name, from) }];
    })
    .toSorted((a, b) => a.from - b.from);
}

function timeOf(file: string, name: string): number | undefined {
  if (file === name) return 0;
  const from = file.startsWith(name) ? FROM.exec(file.slice(name.length))?.groups?.from : undefined;
  return from === undefined ? undefined : Number(from);
}
