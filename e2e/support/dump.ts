import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { delimiter, join } from 'node:path';

/** Where Debian keeps the tools of each version of the server. */
const VERSIONS = '/usr/lib/postgresql';
const MOST_BYTES = 256 * 1024 * 1024;

/**
 * What an operator's backup of a database holds, in the two formats in use: a script, which writes bytes
 * in hex, and an archive. Nothing where there is no pg_dump as new as the server.
 */
export function dumpsOf(url: string): Buffer[] {
  const versions = existsSync(VERSIONS) ? readdirSync(VERSIONS) : [];
  const folders = versions.toSorted((a, b) => Number(b) - Number(a));
  const path = [...folders.map((each) => join(VERSIONS, each, 'bin')), process.env['PATH']];
  return ['plain', 'tar'].flatMap((format) => {
    const { status, stdout } = spawnSync('pg_dump', ['--format', format, url], {
      env: { ...process.env, PATH: path.join(delimiter) },
      maxBuffer: MOST_BYTES,
    });
    return status === 0 ? [stdout] : [];
  });
}
