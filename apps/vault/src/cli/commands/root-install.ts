import { type Delegation, importSigningSeed, verifyDelegation } from '@hushfield/crypto/manifest';
import * as z from 'zod';
import { insertDeploymentAudit } from '../../audit/insert-audit.ts';
import { seconds } from '../../clock.ts';
import { StartError } from '../../config.ts';
import { insertDelegation } from '../../root/delegation-store.ts';
import { readDelegation } from '../../root/papers.ts';
import { trustedRoot } from '../../root/trusted-root.ts';
import { verifyEd25519 } from '../../root/verify-ed25519.ts';
import type { Vault } from '../../vault.ts';
import type { Command } from '../command.ts';
import { readPaper } from '../papers.ts';
import { withVault } from '../with-vault.ts';

const Asked = z.strictObject({ delegation: z.string().min(1) });

export const rootInstall: Command = {
  name: 'root install',
  summary: 'take the word of the root into use, on a node',
  about: `Verifies what \`hushfield root sign\` has written against ROOT_PUBLIC_KEY, and that it speaks for a
manifest key of this deployment, now. The worker signs by it within a minute. The one before stays valid
until its own end; its key is destroyed when a newer one signs.`,
  example: 'hushfield root install --delegation delegation.json',
  options: {
    delegation: { type: 'string', value: 'file', says: 'what the root has signed' },
  },
  run: (desk, given) =>
    withVault(desk, async (vault) => {
      if (vault.mode === 'test')
        throw new StartError('In test mode the vault is its own root; set MODE.');
      if (vault.rootPublicKey === undefined)
        throw new StartError('ROOT_PUBLIC_KEY is not set: there is no root to believe.');
      const { delegation: file } = Asked.parse(given);
      const { delegation, delegationSignature } = readDelegation(readPaper(file));
      const signed = { delegation, delegationSignature };
      const says = await verifyDelegation(signed, trustedRoot(vault), verifyEd25519).catch(() =>
        refuse('ROOT_PUBLIC_KEY has not signed that, or somebody changed it'),
      );
      await requireUseful(vault, says);
      const at = new Date(vault.now());
      const resource = Buffer.from(says.manifestKey).toString('base64url');
      await vault.sql.transaction({ role: 'admin' }, async (sql) => {
        await insertDelegation(sql, signed, at);
        await insertDeploymentAudit(sql, { at, action: 'root.install', resource });
      });
      const until = new Date(says.exp * 1000).toISOString();
      return { text: `Holds until ${until}.`, data: { manifestKey: resource, until } };
    }),
};

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
