import { type Delegation, importSigningSeed, verifyDelegation } from '@hushfield/crypto/manifest';
import * as z from 'zod';
import { insertDeploymentAudit } from '../../audit/insert-audit.ts';
import { seconds } from '../../clock.ts';
import { StartError } from '../../config.ts';
import { delegationInUse, insertDelegation } from '../../root/delegation-store.ts';
import { readDelegation } from '../../root/papers.ts';
import { trustedRoot } from '../../root/trusted-root.ts';
import { verifyEd25519 } from '../../root/verify-ed25519.ts';
import type { Vault } from '../../vault.ts';
import { latestManifest } from '../../worker/manifest-store.ts';
import { asking, type Command } from '../command.ts';
import { readPaper } from '../papers.ts';
import { withVault } from '../with-vault.ts';

const Asked = z.strictObject({ delegation: z.string().min(1) });

export const rootInstall: Command = {
  name: 'root install',
  summary: 'take the word of the root into use, on a node',
  about: `Verifies what \`hushfield root sign\` has written against ROOT_PUBLIC_KEY, and that it speaks for a
manifest key of this deployment, now. The worker signs by it within five minutes: for so long it holds
in memory which keys there are. The word before stays valid until its own end; its key is destroyed when
a newer one signs. A word that ends sooner than the one in use is taken, and said to.`,
  example: 'hushfield root install --delegation delegation.json',
  options: {
    delegation: { type: 'string', value: 'file', says: 'what the root has signed' },
  },
  run: asking(Asked, (desk, { delegation: file }) =>
    withVault(desk, async (vault) => {
      if (vault.mode === 'test')
        throw new StartError('In test mode the vault is its own root; set MODE.');
      if (vault.rootPublicKey === undefined)
        throw new StartError('ROOT_PUBLIC_KEY is not set: there is no root to believe.');
      const { delegation, delegationSignature } = readDelegation(readPaper(file));
      const signed = { delegation, delegationSignature };
      const says = await verifyDelegation(signed, trustedRoot(vault), verifyEd25519).catch(() =>
        refuse('ROOT_PUBLIC_KEY has not signed that, or somebody changed it'),
      );
      await requireUseful(vault, says);
      const at = new Date(vault.now());
      const before = await wordInUse(vault);
      const resource = Buffer.from(says.manifestKey).toString('base64url');
      await vault.sql.transaction({ role: 'admin' }, async (sql) => {
        await insertDelegation(sql, signed, at);
        await insertDeploymentAudit(sql, { at, action: 'root.install', resource });
      });
      const until = dayOf(says);
      const sooner = before !== undefined && says.exp < before.exp;
      const warning = sooner ? [endsSooner(before)] : [];
      return {
        text: [`Holds until ${until}.`, ...warning].join('\n'),
        data: { manifestKey: resource, until, sooner },
      };
    }),
  ),
};

async function wordInUse({ sql, mode, now, ...vault }: Vault): Promise<Delegation | undefined> {
  const trust = { root: trustedRoot({ mode, ...vault }), env: mode, now: seconds(now()) };
  const admin = sql.as('admin');
  const latest = await latestManifest(admin);
  return (await delegationInUse(admin, trust, latest?.bundle.delegation))?.says;
}

function endsSooner(before: Delegation): string {
  return `That is sooner than the word in use, which holds until ${dayOf(before)}. For a newer manifest key it takes the place of that one all the same, and frames stop at its end.`;
}

function dayOf({ exp }: Delegation): string {
  return new Date(exp * 1000).toISOString();
}

async function requireUseful(vault: Vault, says: Delegation): Promise<void> {
  const now = seconds(vault.now());
  if (says.env !== vault.mode) refuse(`it is for a ${says.env} deployment`);
  if (says.exp <= now) refuse('its time is over');
  if (says.nbf > now) refuse('its time has not come: the clocks of root and node differ');
  const own = (await vault.keys.secrets('manifest')).map(({ key }) => importSigningSeed(key));
  if (!own.some(({ publicKey }) => Buffer.from(publicKey).equals(says.manifestKey)))
    refuse('it speaks for no manifest key of this deployment');
}

function refuse(reason: string): never {
  throw new StartError(`That delegation is not taken: ${reason}.`);
}
