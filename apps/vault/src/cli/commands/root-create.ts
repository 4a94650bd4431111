import { generateSigningSeed, importSigningSeed } from '@hushfield/crypto/manifest';
import * as z from 'zod';
import { openSeed, sealSeed } from '../../root/sealed-seed.ts';
import type { Command } from '../command.ts';
import { readPaper, readPassphrase, writeNewPaper } from '../papers.ts';

const Asked = z.strictObject({
  out: z.string().min(1),
  'passphrase-file': z.string().min(1).optional(),
});

export const rootCreate: Command = {
  name: 'root create',
  summary: 'make the root key of a live deployment, on a machine without a network',
  about: `The root says which key may sign lists of receive keys. Who has it can make every frame seal cards to a
key of their own; so it lies on no server. Run this on a machine that is off the network and stays
so: it needs neither database nor configuration. The seed is written sealed under a passphrase
(scrypt, AES-256-GCM), which comes from a file or is piped in. Make two copies of the file, and keep
the passphrase elsewhere. Without either there is no way back to this root: then make another, and go
over to it in the order that apps/docs/keys.md gives: payments stop for as long as it takes.

It prints the public key. That goes into ROOT_PUBLIC_KEY of every node.`,
  example: 'hushfield root create --out root.json < passphrase',
  options: {
    out: { type: 'string', value: 'file', says: 'where the sealed root is written' },
    'passphrase-file': {
      type: 'string',
      value: 'file',
      says: 'its first line; standard input without',
    },
  },
  async run({ input }, given) {
    const { out, 'passphrase-file': file } = Asked.parse(given);
    const passphrase = await readPassphrase(file, input);
    const seed = generateSigningSeed();
    try {
      const publicKey = Buffer.from(importSigningSeed(seed).publicKey).toString('base64url');
      writeNewPaper(out, sealSeed(seed, passphrase));
      // What lies on the disk, and not what was meant to: nobody makes a second root from memory.
      openSeed(readPaper(out), passphrase).fill(0);
      return { text: `ROOT_PUBLIC_KEY=${publicKey}`, data: { publicKey, out } };
    } finally {
      seed.fill(0);
      passphrase.fill(0);
    }
  },
};
