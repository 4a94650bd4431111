import { detailOf } from './app/log.ts';
import { StartError } from './config.ts';

const SENTENCES: ReadonlyMap<unknown, string> = new Map([
  ['EADDRINUSE', 'A port is in use by another program; set PORT_BASE to move all ports.'],
  ['ECONNREFUSED', 'The database does not answer; check DATABASE_URL and that it runs.'],
  ['ENOTFOUND', 'The database host is not known; check DATABASE_URL.'],
  ['28P01', 'The database refuses the password in DATABASE_URL.'],
  ['3D000', 'The database named in DATABASE_URL does not exist.'],
  [
    '42501',
    'The database does not let this login do that; migrate as its owner, and serve as a member of the roles.',
  ],
  ['EACCES', 'The data directory is not writable; check HUSHFIELD_DATA_DIR.'],
]);

/** What an operator reads when a start fails: one sentence where we know one, else the details. */
export function sentenceOf(error: unknown): string {
  if (error instanceof StartError) return error.message;
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  return SENTENCES.get(code) ?? `The vault could not start: ${detailOf(error)}`;
}
