import { existsSync } from 'node:fs';
import { readVerifierKey } from '@hushfield/crypto/tlog';
import { type LogTrust, logName } from '../audit/log-name.ts';
import { readWitness } from '../audit/witness-file.ts';
import { StartError } from '../config.ts';
import type { Vault } from '../vault.ts';
import { UsageError } from './command.ts';

/** Whose word counts, as an operator has written it down: what `hushfield audit key` printed. */
export function trustOf(texts: readonly string[]): LogTrust {
  const keys = texts.map((text) => {
    const key = readVerifierKey(text);
    if (key === undefined) throw new UsageError('--key: is not what `hushfield audit key` prints.');
    return key;
  });
  const [first, ...others] = keys;
  if (first === undefined) throw new UsageError('--key: needed where there is no key store.');
  if (others.some(({ name }) => name !== first.name))
    throw new UsageError('--key: the keys are of different logs.');
  return { name: first.name, keys: keys.map(({ publicKey }) => publicKey) };
}

/** The same, as the key store of the deployment has it. */
export async function ownTrust({ sql, keys }: Pick<Vault, 'sql' | 'keys'>): Promise<LogTrust> {
  return { name: await logName(sql.as('auditor')), keys: keys.auditKeys() };
}

/**
 * What a witness file knows.
 *
 * @throws StartError when it was asked for and is not there.
 */
export async function witnessOf(
  path: string,
  isAskedFor: boolean,
  trust: LogTrust,
): Promise<{ readonly leaves: Uint8Array; readonly faults: readonly string[] } | undefined> {
  if (existsSync(path)) return readWitness(path, trust, true);
  if (isAskedFor) throw new StartError(`${path} cannot be read.`);
  return undefined;
}
