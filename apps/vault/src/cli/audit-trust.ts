import { existsSync } from 'node:fs';
import { readVerifierKey } from '@hushfield/crypto/tlog';
import { insertDeploymentAudit } from '../audit/insert-audit.ts';
import { type LogTrust, logName, namedBy } from '../audit/log-name.ts';
import { readWitness } from '../audit/witness-file.ts';
import type { Witnessed } from '../audit/witness-reading.ts';
import { StartError } from '../config.ts';
import type { Vault } from '../vault.ts';
import { UsageError } from './command.ts';

/** What was said of a log, and the newest epoch of it that whoever wrote that down had heard of. */
export type WrittenTrust = LogTrust & { readonly since: number };

/**
 * Whose word counts, as an operator has written it down: what `hushfield audit key` printed. Keys are the same
 * in every epoch, and are printed with the name of the one that is in force.
 */
export function trustOf(texts: readonly string[]): WrittenTrust {
  const keys = texts.map((text) => {
    const key = readVerifierKey(text);
    if (key === undefined) throw new UsageError('--key: is not what `hushfield audit key` prints.');
    return { ...namedBy(key.name), publicKey: key.publicKey };
  });
  const [first, ...others] = keys;
  if (first === undefined) throw new UsageError('--key: needed where there is no key store.');
  if (others.some(({ name }) => name !== first.name))
    throw new UsageError('--key: the keys are of different logs.');
  const since = Math.max(...keys.map(({ epoch }) => epoch));
  return { name: first.name, keys: keys.map(({ publicKey }) => publicKey), since };
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
): Promise<Witnessed | undefined> {
  if (existsSync(path)) return readWitness(path, trust, true);
  if (isAskedFor) throw new StartError(`${path} cannot be read.`);
  return undefined;
}

/** Whoever looks into the trail is in it (PCI DSS 10.2.1.3). */
export async function noteReading({ sql, now }: Pick<Vault, 'sql' | 'now'>): Promise<void> {
  const act = { at: new Date(now()), action: 'audit.read', resource: 'audit' } as const;
  await insertDeploymentAudit(sql.as('admin'), act);
}
