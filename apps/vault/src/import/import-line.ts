import { BankAccountImport, CardImport, IbanImport, TextImport } from '@hushfield/contract/api';
import type { TextPolicy } from '@hushfield/contract/boot';
import * as z from 'zod';
import { parseStrictJson } from '../app/strict-json.ts';
import { judgeImport, keptOf } from '../tokens/judge-import.ts';
import { holdsCard, textsOf } from '../tokens/refuse-card-text.ts';
import type { TokenType } from '../tokens/token-kind.ts';

/** The operator's own name for what stands in the line, by which a second run knows it again. */
const reference = z.string().regex(/^[\x21-\x7e]{1,200}$/);

/** As a backend imports it, but that it is kept, and has a name. */
function lineOf<T extends { readonly expiresAt: unknown }>({ shape }: { readonly shape: T }) {
  const { expiresAt: _kept, ...others } = shape;
  return { ...others, reference };
}
const LINES = {
  card: z.strictObject(lineOf(CardImport)),
  iban: z.strictObject(lineOf(IbanImport)),
  bank_account: z.strictObject(lineOf(BankAccountImport)),
  text: z.strictObject(lineOf(TextImport)),
} as const satisfies Record<TokenType, z.ZodObject>;
export type ImportLine = { [Type in TokenType]: z.infer<(typeof LINES)[Type]> }[TokenType];

/** What is to be kept, or what is wrong with it: never a piece of the line. */
export type ReadLine =
  | { readonly given: ImportLine; readonly wrong?: never }
  | { readonly given?: never; readonly wrong: string };

export type LineRules = {
  readonly mode: 'test' | 'live';
  readonly now: number;
  /** The tenant's, for texts. */
  readonly policies: readonly TextPolicy[];
};

/** Reads and judges one line, under the rules of what a backend imports. */
export function readImportLine(
  bytes: Uint8Array | undefined,
  { mode, now, policies }: LineRules,
): ReadLine {
  if (bytes === undefined) return { wrong: 'is too long' };
  const value = jsonOf(bytes);
  const line = LINES[typeIn(value)];
  const parsed = line.safeParse(value);
  if (!parsed.success) return { wrong: wrongIn(parsed.error, Object.keys(line.shape)) };
  const given: ImportLine = parsed.data;
  const { reference, customer = '', metadata } = given;
  if ([...textsOf(metadata), customer, reference].some(holdsCard))
    return { wrong: 'metadata, customer or reference holds what could be a card number' };
  const policy = 'policy' in given ? policies.find(({ name }) => name === given.policy) : undefined;
  const objection = judgeImport(keptOf(given), { mode, now, policy });
  return objection === undefined ? { given } : { wrong: `${objection.field}: ${objection.code}` };
}

/** By a member that no other has; a card, when there is none. */
function typeIn(value: unknown): TokenType {
  if (typeof value !== 'object' || value === null || 'number' in value) return 'card';
  if ('iban' in value) return 'iban';
  if ('accountNumber' in value || 'routingNumber' in value) return 'bank_account';
  return 'text' in value || 'policy' in value ? 'text' : 'card';
}

function jsonOf(bytes: Uint8Array): unknown {
  try {
    return parseStrictJson(bytes);
  } catch {
    return undefined;
  }
}

/** By member, of those that are known: any other text could be a number. */
function wrongIn({ issues: [issue] }: z.ZodError, members: readonly string[]): string {
  const member = String(issue?.path[0] ?? '');
  if (members.includes(member)) return `${member} is missing or malformed`;
  return issue?.code === 'unrecognized_keys'
    ? 'has a member that is not known; a security code is not taken'
    : 'is no JSON object';
}
