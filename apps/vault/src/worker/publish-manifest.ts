import { signManifest } from '@hushfield/crypto/manifest';
import * as z from 'zod';
import { seconds } from '../clock.ts';
import type { Sql } from '../db/sql.ts';
import { isOver } from '../keys/receive-schedule.ts';
import type { ReceiveKey } from '../keys/receive-keys.ts';
import {
  DAY,
  manifestSigner,
  type Publishing,
  type Signer,
  SKEW,
  verifies,
} from './manifest-signer.ts';
import { insertManifest, latestManifest, type StoredManifest } from './manifest-store.ts';

const Listed = z.object({ exp: z.int(), keys: z.array(z.object({ kid: z.string() })) });

/**
 * Signs and stores a manifest when the newest one no longer says what holds.
 *
 * @param urgent - that no document written from now on may take an older one.
 * @returns who signs now; nothing when nobody may, and then the newest one runs out within a day.
 */
export async function publishManifest(
  sql: Sql,
  vault: Publishing,
  urgent = false,
): Promise<Signer | undefined> {
  const now = seconds(vault.now());
  const keys = vault.receiveKeys.list().filter((key) => now < key.exp && !isOver(key, now));
  const latest = await latestManifest(sql);
  const signer = await manifestSigner(sql, vault, latest);
  if (signer === undefined) return undefined;
  if (!urgent && latest !== undefined && (await stillGood(vault, latest, signer, keys)))
    return signer;
  // A list of another root, or one that somebody has changed: no cache may go on giving it to documents.
  const isRefused =
    latest !== undefined && !(await verifies(vault, latest, seconds(latest.createdAt.getTime())));
  // Unix minutes as a floor: the number also grows when the database was lost and begins anew.
  const seq = Math.max((latest?.seq ?? 0) + 1, Math.floor(now / 60));
  const published = await Promise.all(
    keys.map(async (key) => ({
      ...key,
      publicKey: (await vault.receiveKeys.secretOf(key)).publicKey,
    })),
  );
  const manifest = signManifest(signer.key, {
    env: vault.mode,
    seq,
    nbf: now - SKEW,
    exp: now + DAY,
    keys: published,
  });
  const bundle = { ...signer.signed, ...manifest };
  const createdAt = new Date(vault.now());
  await insertManifest(sql, { seq, bundle, createdAt, urgent: urgent || isRefused });
  return signer;
}

/** Whether frames accept it, it lists exactly these keys by the right word, and is not close to its end. */
async function stillGood(
  vault: Publishing,
  latest: StoredManifest,
  { signed }: Signer,
  keys: readonly ReceiveKey[],
): Promise<boolean> {
  const now = seconds(vault.now());
  if (latest.bundle.delegation !== signed.delegation) return false;
  if (!(await verifies(vault, latest, now))) return false;
  const listed = Listed.parse(JSON.parse(latest.bundle.manifest));
  const same =
    listed.keys.length === keys.length &&
    keys.every((key) => listed.keys.some(({ kid }) => kid === key.kid));
  return same && listed.exp - now > DAY / 2;
}
