import {
  importSigningSeed,
  MAX_DELEGATION_SECONDS,
  type SigningKey,
  signDelegation,
} from '@hushfield/crypto/manifest';
import * as z from 'zod';
import { seconds } from '../../clock.ts';
import { type DelegationRequest, readRequest, written } from '../../root/papers.ts';
import { openSeed } from '../../root/sealed-seed.ts';
import { type Command, UsageError } from '../command.ts';
import { readPaper, readPassphrase, writeNewPaper } from '../papers.ts';

const DAY = 24 * 60 * 60;
const MOST_DAYS = MAX_DELEGATION_SECONDS / DAY;
/** It begins a little in the past: the clock here was set by hand. */
const SKEW = 300;

const Asked = z.strictObject({
  key: z.string().min(1),
  request: z.string().min(1),
  out: z.string().min(1).optional(),
  days: z.coerce.number().int().min(1).max(MOST_DAYS).default(MOST_DAYS),
  'passphrase-file': z.string().min(1).optional(),
});

export const rootSign: Command = {
  name: 'root sign',
  summary: 'sign with the root what a node asks for, on a machine without a network',
  about: `Says in words what it signs, and for how long; without --out it only says so, and signs nothing. Compare
the manifest key with what \`hushfield root request\` has shown on the node, over another way than the
file came. Needs neither database nor configuration. Look at this machine's clock first: a word
that begins in the future is of no use yet.`,
  example:
    'hushfield root sign --key root.json --request request.json --out delegation.json < passphrase',
  options: {
    key: { type: 'string', value: 'file', says: 'the sealed root' },
    request: { type: 'string', value: 'file', says: 'what a node has written' },
    out: { type: 'string', value: 'file', says: 'where the signed answer goes' },
    days: {
      type: 'string',
      value: 'days',
      says: `how long it holds, ${MOST_DAYS} at most and without`,
    },
    'passphrase-file': {
      type: 'string',
      value: 'file',
      says: 'its first line; standard input without',
    },
  },
  async run({ input, now }, given) {
    const asked = Asked.parse(given);
    const request = readRequest(readPaper(asked.request));
    const nbf = seconds(now()) - SKEW;
    const term = { nbf, exp: nbf + asked.days * DAY };
    const words = inWords(request, term);
    const data = { ...request, ...term, signed: asked.out !== undefined };
    if (asked.out === undefined) return { text: `${words}\nNothing was signed: no --out.`, data };
    const passphrase = await readPassphrase(asked['passphrase-file'], input);
    const root = unsealed(readPaper(asked.key), passphrase);
    requireAsked(request, root);
    const manifestKey = Buffer.from(request.manifestKey, 'base64url');
    const signed = signDelegation(root, { env: request.env, ...term, manifestKey });
    writeNewPaper(asked.out, written({ kind: 'hushfield-delegation', v: 1, ...signed }));
    return { text: `${words}\nSigned: ${asked.out}`, data };
  },
};

function inWords(
  { env, manifestKey }: DelegationRequest,
  { nbf, exp }: { readonly nbf: number; readonly exp: number },
): string {
  const day = (at: number) =>
    `${new Date(at * 1000).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
  return [
    `The root says: the manifest key ${manifestKey}`,
    `may tell the frames of a ${env.toUpperCase()} deployment which keys to seal cards to,`,
    `from ${day(nbf)} until ${day(exp)}.`,
  ].join('\n');
}

function unsealed(text: string, passphrase: Uint8Array): SigningKey {
  try {
    const seed = openSeed(text, passphrase);
    const root = importSigningSeed(seed);
    seed.fill(0);
    return root;
  } finally {
    passphrase.fill(0);
  }
}

function requireAsked({ root: asked }: DelegationRequest, { publicKey }: SigningKey): void {
  if (asked !== null && asked !== Buffer.from(publicKey).toString('base64url'))
    throw new UsageError('The node trusts another root than this one; nothing was signed.');
}
