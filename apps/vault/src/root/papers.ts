import * as z from 'zod';
import { StartError } from '../config.ts';

/** Written in the one way that there is: people compare what is shown with what is signed. */
const Key = z
  .string()
  .regex(/^[\w-]{43}$/)
  .refine((text) => Buffer.from(text, 'base64url').toString('base64url') === text);

/** What a node asks of the root, carried to it by hand. Nothing in it is secret. */
const DelegationRequest = z.strictObject({
  kind: z.literal('hushfield-delegation-request'),
  v: z.literal(1),
  env: z.enum(['test', 'live']),
  /** The key that is to sign lists of receive keys. */
  manifestKey: Key,
  /** The root that the node trusts; with it, no other signs by mistake. */
  root: Key.nullable(),
});
export type DelegationRequest = z.infer<typeof DelegationRequest>;

/** What the root answers, carried back. */
const DelegationPaper = z.strictObject({
  kind: z.literal('hushfield-delegation'),
  v: z.literal(1),
  delegation: z.string().max(16_384),
  delegationSignature: z.string().regex(/^[\w-]{86}$/),
});
export type DelegationPaper = z.infer<typeof DelegationPaper>;

/** @throws StartError for any other text. */
export function readRequest(text: string): DelegationRequest {
  return read(DelegationRequest, text, 'hushfield root request');
}

/** @throws StartError for any other text. */
export function readDelegation(text: string): DelegationPaper {
  return read(DelegationPaper, text, 'hushfield root sign');
}

export function written(paper: DelegationRequest | DelegationPaper): string {
  return `${JSON.stringify(paper, null, 2)}\n`;
}

function read<T>(schema: z.ZodType<T>, text: string, command: string): T {
  try {
    return schema.parse(JSON.parse(text));
  } catch {
    throw new StartError(`The file is none that \`${command}\` has written.`);
  }
}
