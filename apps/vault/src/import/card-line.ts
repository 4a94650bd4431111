import { CardImport } from '@hushfield/contract/api';
import * as z from 'zod';
import { parseStrictJson } from '../app/strict-json.ts';
import { judgeCard } from '../tokens/judge-card.ts';
import { holdsCard, textsOf } from '../tokens/refuse-card-text.ts';

const { expiresAt: _kept, ...CARD } = CardImport.shape;
const CardLine = z.strictObject({
  ...CARD,
  /** The operator's own name for the card, by which a second run knows it again. */
  reference: z.string().regex(/^[\x21-\x7e]{1,200}$/),
});
export type CardLine = z.infer<typeof CardLine>;

/** A card, or what is wrong with it: never a piece of the line. */
export type ReadLine =
  | { readonly card: CardLine; readonly wrong?: never }
  | { readonly card?: never; readonly wrong: string };

/** Reads and judges one line, under the rules of a card that a backend imports. */
export function readCardLine(
  bytes: Uint8Array | undefined,
  mode: 'test' | 'live',
  now: number,
): ReadLine {
  if (bytes === undefined) return { wrong: 'is too long' };
  const parsed = CardLine.safeParse(jsonOf(bytes));
  if (!parsed.success) return { wrong: wrongIn(parsed.error) };
  const { reference, customer, metadata, ...card } = parsed.data;
  if ([...textsOf(metadata), customer ?? '', reference].some(holdsCard))
    return { wrong: 'metadata, customer or reference holds what could be a card number' };
  const objection = judgeCard(card, mode, now);
  return objection === undefined
    ? { card: parsed.data }
    : { wrong: `${objection.field}: ${objection.code}` };
}

function jsonOf(bytes: Uint8Array): unknown {
  try {
    return parseStrictJson(bytes);
  } catch {
    return undefined;
  }
}

/** By member, of those that are known: any other text could be a number. */
function wrongIn({ issues: [issue] }: z.ZodError): string {
  const member = String(issue?.path[0] ?? '');
  if (Object.hasOwn(CardLine.shape, member)) return `${member} is missing or malformed`;
  return issue?.code === 'unrecognized_keys'
    ? 'has a member that is not known; a security code is not taken'
    : 'is no JSON object';
}
