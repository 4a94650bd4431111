import * as z from 'zod';
import { ClaimedElsewhere } from '../../db/claim.ts';
import { everyTenant } from '../../rotation/data-key-store.ts';
import { destroyRetired } from '../../rotation/destroy-keys.ts';
import { rotatePepper } from '../../rotation/rotate-pepper.ts';
import { type DataKeyRotation, rotateDataKey } from '../../rotation/rotate-data-keys.ts';
import {
  type FingerprintRotation,
  rotateFingerprints,
} from '../../rotation/rotate-fingerprints.ts';
import { rotateKek } from '../../rotation/rotate-kek.ts';
import { rotateReceive } from '../../rotation/rotate-receive.ts';
import { TIMED_SECRETS, type RotatedSecret, rotateSecret } from '../../rotation/rotate-secret.ts';
import type { Vault } from '../../vault.ts';
import { asking, type Answer, type Command, type Desk, UsageError } from '../command.ts';
import { requireKnown } from '../require-tenant.ts';
import { withVault } from '../with-vault.ts';
import { Duration, TenantId } from './key-wish.ts';

const WHAT = ['kek', 'data-keys', 'fingerprint', 'pepper', 'receive', ...TIMED_SECRETS] as const;
const Asked = z.strictObject({
  what: z.enum(WHAT, `is one of ${WHAT.join(', ')}`),
  tenant: TenantId.optional(),
  keep: Duration.prefault('30d'),
  now: z.boolean().default(false),
});

export const keysRotate: Command = {
  name: 'keys rotate',
  summary: 'put new keys in the place of old ones, while the vault serves',
  about: `kek          makes the next KEK, wraps every key of the store under it, and destroys the one before.
data-keys    gives each tenant a new data key and seals every stored card under it. The key before stays
             for backups of the database, and is destroyed by a later run, --keep after its retirement:
             from then on cards that were deleted before it are gone from every backup too. So run it
             once a month.
fingerprint  gives each tenant a new key that its cards are recognised with, and every token a new
             fingerprint under it; the key before is destroyed. Merchants see other values for the same cards.
pepper       makes the next key that API keys are hashed with. Each is hashed anew when it is used; run again
             a day later, it destroys the one before, or names the keys that nobody has used since: roll
             or revoke those.
receive      makes the key that frames seal cards to from now on; a new one comes every day by itself. Those before
             are opened for forty minutes more, since pages that are open may seal to them, and then
             destroyed. With --now, when somebody may have them, they are destroyed at once: what is on its
             way does not open, and its frame loads itself anew and sends it again.
ticket       makes the key that frames' tickets are signed with, in use ten minutes from now on every node;
             the worker destroys the one before when its last ticket has run out.
session      makes the key that sessions of backends are signed with, in use forty minutes from now, when every
             document that did not know of it is gone; the worker destroys the one before an hour later.
manifest     makes the key that lists of receive keys are signed with, in use at once. What the one before
             was given by the root stays valid for up to 35 days: had it leaked, change the root too. In live
             mode the key before signs until the root has spoken for the new one: hushfield root request.
audit        makes the key that states of the audit log are signed with, in use ten minutes from now. Print its
             public half with hushfield audit key, for whoever verifies the log; those before stay good for what
             they signed.

Cut off, it goes on when it is run again. Everything is opened again before the old is given up. A card
that does not open is named, left as it is, and keeps its key; the command then ends with 1. It does so too
when cards stayed locked by somebody, and when another process is rotating the same keys.
Data and fingerprint keys wait for transactions that had begun before, for a minute at most, and say so.`,
  example: 'hushfield keys rotate --what data-keys',
  options: {
    what: { type: 'string', value: 'which', says: WHAT.join(', ') },
    tenant: { type: 'string', value: 'id', says: 'only the data or fingerprint keys of this one' },
    keep: { type: 'string', value: '30d', says: 'how long a retired data key stays; 30d without' },
    now: { type: 'boolean', says: 'receive: the keys before may be in other hands; destroy them' },
  },
  run: asking(Asked, (desk, asked) =>
    withVault(desk, async (vault) => {
      if (asked.tenant !== undefined) await requireKnown(vault.sql.as('admin'), asked.tenant);
      if (asked.now && asked.what !== 'receive')
        throw new UsageError('Only receive keys can be destroyed with --now.');
      if (asked.what === 'kek') return rotateTheKek(vault, desk);
      if (asked.what === 'data-keys') return rotateAll(vault, desk, asked);
      if (asked.what === 'fingerprint') return rotateEveryFingerprint(vault, desk, asked.tenant);
      if (asked.what === 'pepper') return rotateThePepper(vault);
      if (asked.what === 'receive') return rotateTheReceiveKeys(vault, asked.now);
      return rotateOne(vault, asked.what);
    }),
  ),
};

async function rotateTheKek(vault: Vault, { progress }: Desk): Promise<Answer> {
  const { kek, rewrapped } = await rotateKek(vault, progress);
  const text = `KEK ${kek} is the only one; ${rewrapped} keys were wrapped anew.`;
  return { text, data: { kek, rewrapped } };
}

async function rotateThePepper(vault: Vault): Promise<Answer> {
  const { from, destroyed, waiting } = await rotatePepper(vault);
  const inUseFrom = new Date(from * 1000).toISOString();
  const lines = [
    destroyed > 0
      ? 'Only the newest pepper is left.'
      : `The newest pepper is in use from ${inUseFrom}; the one before stays for a day, and for as long as a key needs it.`,
    ...waiting.map((keyId) => `NEEDS THE OLD ONE  ${keyId}`),
  ];
  return { text: lines.join('\n'), data: { what: 'pepper', inUseFrom, destroyed, waiting } };
}

async function rotateTheReceiveKeys(vault: Vault, atOnce: boolean): Promise<Answer> {
  const { kid, ending, destroyed } = await rotateReceive(vault, atOnce);
  const lines = [
    `Frames seal to ${kid} from now on.`,
    ...(ending > 0 ? [`${ending} before it are opened for forty minutes more.`] : []),
    ...(destroyed > 0 ? [`${destroyed} before it are destroyed.`] : []),
  ];
  return { text: lines.join('\n'), data: { what: 'receive', kid, ending, destroyed } };
}

async function rotateOne(vault: Vault, what: RotatedSecret): Promise<Answer> {
  const inUseFrom = new Date((await rotateSecret(vault, what)) * 1000).toISOString();
  if (what === 'manifest' && vault.mode === 'live') {
    const text =
      'The new key waits for the root; until then the one before signs. Now: hushfield root request';
    return { text, data: { what, waitsForRoot: true } };
  }
  return { text: `The new key is in use from ${inUseFrom}.`, data: { what, inUseFrom } };
}

async function rotateEveryFingerprint(
  vault: Vault,
  { progress }: Desk,
  tenant: string | undefined,
): Promise<Answer> {
  const { done, busy } = await forEachTenant(vault, tenant, (each) =>
    rotateFingerprints(vault, each, progress),
  );
  const renewed = done.reduce((sum, each) => sum + each.renewed, 0);
  const summary = `${done.length} tenants have a new fingerprint key; ${renewed} tokens have a new fingerprint.`;
  return rotated(summary, { rotations: done }, busy);
}

async function rotateAll(
  vault: Vault,
  { progress }: Desk,
  { tenant, keep }: z.infer<typeof Asked>,
): Promise<Answer> {
  let destroyed = 0;
  const { done, busy } = await forEachTenant(vault, tenant, async (each) => {
    const rotation = await rotateDataKey(vault, each, progress);
    if (rotation !== undefined) destroyed += await destroyRetired(vault, each, keep);
    return rotation;
  });
  const resealed = done.reduce((sum, each) => sum + each.resealed, 0);
  const summary = `${done.length} tenants have a new data key; ${resealed} records were sealed anew, ${destroyed} old keys destroyed.`;
  return rotated(summary, { rotations: done, destroyed }, busy);
}

/** Goes on to the next tenant where another process is at work on one. */
async function forEachTenant<T>(
  { sql }: Vault,
  tenant: string | undefined,
  rotate: (tenant: string) => Promise<T | undefined>,
): Promise<{ readonly done: readonly T[]; readonly busy: readonly string[] }> {
  const tenants = tenant === undefined ? await everyTenant(sql.as('rotator')) : [tenant];
  const done: T[] = [];
  const busy: string[] = [];
  for (const each of tenants) {
    try {
      const rotation = await rotate(each);
      if (rotation !== undefined) done.push(rotation);
    } catch (error) {
      if (!(error instanceof ClaimedElsewhere)) throw error;
      busy.push(each);
    }
  }
  return { done, busy };
}

type Remains = {
  readonly rotations: readonly (DataKeyRotation | FingerprintRotation)[];
  readonly destroyed?: number;
};

/** What was done, and what was not: then the command is not at its end. */
function rotated(summary: string, data: Remains, busy: readonly string[]): Answer {
  const { rotations } = data;
  const held = rotations.filter(({ left }) => left > 0);
  const lines = [
    ...rotations.flatMap(({ unreadable }) => unreadable).map(notOpening),
    ...held.map(({ tenant, left }) => `NOT DONE  ${tenant}: ${left} held by others; run it again`),
    ...busy.map((tenant) => `NOT DONE  ${tenant}: somebody else is rotating its keys`),
  ];
  const exitCode = lines.length === 0 ? 0 : 1;
  return { text: [summary, ...lines].join('\n'), data: { ...data, busy }, exitCode };
}

function notOpening(id: string): string {
  return `DOES NOT OPEN  ${id}: somebody moved or changed it, or its key was destroyed after the backup that it is of`;
}
