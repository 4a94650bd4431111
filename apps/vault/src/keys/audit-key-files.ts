import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { unlessGone } from './stored.ts';

const NAME = /^audit\.pub(?:\.(?<from>[1-9]\d{0,11}))?$/;

/** Where the public half of a key of the audit log lies, in use from a time on, in unix seconds. */
export function auditKeyFile(folder: string, from: number): string {
  return join(folder, from === 0 ? 'audit.pub' : `audit.pub.${from}`);
}

/** All of them, oldest first. */
export function auditKeyFiles(folder: string): string[] {
  return unlessGone(() => readdirSync(folder))
    .flatMap((name) => {
      const match = NAME.exec(name);
      return match === null ? [] : [Number(match.groups?.from ?? 0)];
    })
    .toSorted((a, b) => a - b)
    .map((from) => auditKeyFile(folder, from));
}
