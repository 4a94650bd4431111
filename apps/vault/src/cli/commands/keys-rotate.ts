import * as z from 'zod';
import { everyTenant } from '../../rotation/data-key-store.ts';
import { destroyRetired } from '../../rotation/destroy-keys.ts';
import { rotatePepper } from '../../rotation/rotate-pepper.ts';
import { type DataKeyRotation, rotateDataKey } from '../../rotation/rotate-data-keys.ts';
import { rotateKek } from '../../rotation/rotate-kek.ts';
import { TIMED_SECRETS, type RotatedSecret, rotateSecret } from '../../rotation/rotate-secret.ts';
import type { Vault } from '../../vault.ts';
import type { Answer, Command, Desk } from '../command.ts';
import { withVault } from '../with-vault.ts';
import { Duration, TenantId } from './key-wish.ts';

const WHAT = ['kek', 'data-keys', 'pepper', ...TIMED_SECRETS] as const;
const Asked = z.strictObject({
  what: z.enum(WHAT, `is one of ${WHAT.join(', ')}`),
  tenant: TenantId.optional(),
  keep: Duration.prefault('30d'),
});

export const keysRotate: Command = {
  name: 'keys rotate',
  summary: 'put new keys in the place of old ones, while the vault serves',
  about: `kek        makes the next KEK, wraps every key of the store under it, and destroys the one before.
data-keys  gives each tenant a new data key and seals every stored card under it. The key before stays
           for backups of the database, and is destroyed by a later run, --keep after its retirement:
           from then on cards that were deleted before it are gone from every backup too. So run it
           once a month.
pepper     makes the next key that API keys are hashed with. Each is hashed anew when it is used; run again
           a day later, it destroys the one before, or names the keys that nobody has used since: roll
           or revoke those.
ticket     makes the key that frames' tickets are signed with, in use ten minutes from now on every node;
           the worker destroys the one before when its last ticket has run out.
session    makes the key that sessions of backends are signed with, in use forty minutes from now, when every
           document that did not know of it is gone; the worker destroys the one before an hour later.
manifest   makes the key that lists of receive keys are signed with, in use at once. What the one before
           was given by the root stays valid for up to 35 days: had it leaked, change the root too.

Cut off, it goes on when it is run again. Everything is opened again before the old is given up. A card
that does not open is named, left as it is, and keeps its key; the command then ends with 1.`,
  example: 'hushfield keys rotate --what data-keys',
  options: {
    what: { type: 'string', value: 'which', says: WHAT.join(', ') },
    tenant: { type: 'string', value: 'id', says: 'only the data keys of this one' },
    keep: { type: 'string', value: '30d', says: 'how long a retired data key stays; 30d without' },
  },
  run: (desk, given) =>
    withVault(desk, (vault) => {
      const asked = Asked.parse(given);
      if (asked.what === 'kek') return rotateTheKek(vault, desk);
      if (asked.what === 'data-keys') return rotateAll(vault, desk, asked);
      if (asked.what === 'pepper') return rotateThePepper(vault);
      return rotateOne(vault, asked.what);
    }),
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

async function rotateOne(vault: Vault, what: RotatedSecret): Promise<Answer> {
  const inUseFrom = new Date((await rotateSecret(vault, what)) * 1000).toISOString();
  return { text: `The new key is in use from ${inUseFrom}.`, data: { what, inUseFrom } };
}

async function rotateAll(
  vault: Vault,
  { progress }: Desk,
  { tenant, keep }: z.infer<typeof Asked>,
): Promise<Answer> {
  const tenants = tenant === undefined ? await everyTenant(vault.sql.as('rotator')) : [tenant];
  const done: DataKeyRotation[] = [];
  let destroyed = 0;
  for (const each of tenants) {
    const rotation = await rotateDataKey(vault, each, progress);
    if (rotation === undefined) continue;
    done.push(rotation);
    destroyed += await destroyRetired(vault, each, keep);
  }
  const resealed = done.reduce((sum, each) => sum + each.resealed, 0);
  const unreadable = done.flatMap((each) => each.unreadable);
  const lines = [
    `${done.length} tenants have a new data key; ${resealed} records were sealed anew, ${destroyed} old keys destroyed.`,
    ...unreadable.map((id) => `DOES NOT OPEN  ${id}: somebody moved or changed it`),
  ];
  const exitCode = unreadable.length === 0 ? 0 : 1;
  return { text: lines.join('\n'), data: { rotations: done, destroyed }, exitCode };
}
