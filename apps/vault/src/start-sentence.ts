import { detailOf } from './app/log.ts';
import { StartError } from './config.ts';
import { isOutage } from './db/outage.ts';
import { KeysUnavailable } from './keys/kek/kek.ts';

const SENTENCES: ReadonlyMap<unknown, string> = new Map([
  [
    'EADDRINUSE',
    'A port is in use by another program; set PORT_BASE to move all ports, or OPERATE_PORT where two roles share a machine and a PORT_BASE.',
  ],
  ['ECONNREFUSED', 'The database does not answer; check DATABASE_URL and that it runs.'],
  ['ENOTFOUND', 'The database host is not known; check DATABASE_URL.'],
  ['28P01', 'The database refuses the password in DATABASE_URL.'],
  ['3D000', 'The database named in DATABASE_URL does not exist.'],
  [
    '42501',
    'The database does not let this login do that; migrate as its owner, and serve as a member of the roles.',
  ],
  ['EACCES', 'The data directory is not writable; check HUSHFIELD_DATA_DIR.'],
  ['ENOSPC', 'The disk is full.'],
  ['EROFS', 'The data directory or the key store is on a volume that cannot be written.'],
]);
const SQLSTATE = /^[0-9A-Z]{5}$/;
/** How Node names what the system says: `ENOENT: no such file or directory, open '/run/pin'`. */
const SYSTEM = /^E[A-Z0-9]+: /;

/**
 * What an operator reads when a start or a command fails: one sentence. What could stand in an error's
 * own words, statements and pieces of our code, helps whoever mends the vault, and nobody else: that is
 * said to those who ask for it.
 *
 * @param level - LOG_LEVEL as it is set.
 */
export function sentenceOf(error: unknown, level?: string): string {
  const sentence = knownSentence(error);
  if (sentence !== undefined) return sentence;
  const plain = `That failed, and there is no plain sentence for it (${nameOf(error)})`;
  return level === 'debug'
    ? `${plain}: ${detailOf(error)}`
    : `${plain}. LOG_LEVEL=debug says more.`;
}

function knownSentence(error: unknown): string | undefined {
  if (error instanceof StartError) return error.message;
  if (error instanceof KeysUnavailable)
    return `A key cannot be used now: ${error.message}. Check KEY_STORE_DIR and what holds the KEK.`;
  const known = SENTENCES.get(codeOf(error));
  if (known !== undefined) return known;
  if (isOutage(error)) return 'The database is away or too busy; try again.';
  const isOfSystem = error instanceof Error && SYSTEM.test(error.message);
  return isOfSystem ? `The system says ${error.message}.` : undefined;
}

function nameOf(error: unknown): string {
  const code = codeOf(error);
  if (typeof code === 'string' && SQLSTATE.test(code)) return `the database says ${code}`;
  return error instanceof Error ? error.name : 'not an Error';
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined;
}
