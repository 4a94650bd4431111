import { importSigningSeed } from '@hushfield/crypto/manifest';
import * as z from 'zod';
import { StartError } from '../../config.ts';
import { type DelegationRequest, written } from '../../root/papers.ts';
import { asking, type Command } from '../command.ts';
import { writeNewPaper } from '../papers.ts';
import { withVault } from '../with-vault.ts';

const Asked = z.strictObject({ out: z.string().min(1).optional() });

export const rootRequest: Command = {
  name: 'root request',
  summary: 'write down what the root is asked to sign, on a node',
  about: `Writes the public half of the newest manifest key of this deployment, and its mode. Nothing in it is
secret. Carry it to the machine with the root, sign it there (hushfield root sign), and bring the answer
back (hushfield root install). Do so before the first start, every month, and after
\`hushfield keys rotate --what manifest\`. Before you sign, compare the key that is shown there with
this one: whoever changes the file on its way asks for a key of their own.`,
  example: 'hushfield root request --out request.json',
  options: {
    out: { type: 'string', value: 'file', says: 'where; standard output without' },
  },
  run: asking(Asked, (desk, { out }) =>
    withVault(desk, async ({ mode, keys, rootPublicKey }) => {
      if (mode === 'test')
        throw new StartError('In test mode the vault is its own root; set MODE.');
      const newest = (await keys.secrets('manifest')).at(-1);
      if (newest === undefined) throw new StartError('There is no manifest key.');
      const request: DelegationRequest = {
        ...{ kind: 'hushfield-delegation-request', v: 1, env: mode },
        manifestKey: textOf(importSigningSeed(newest.key).publicKey),
        root: rootPublicKey === undefined ? null : textOf(rootPublicKey),
      };
      if (out === undefined) return { text: written(request).trimEnd(), data: request };
      writeNewPaper(out, written(request));
      return { text: `Manifest key ${request.manifestKey}`, data: { ...request, out } };
    }),
  ),
};

function textOf(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64url');
}
