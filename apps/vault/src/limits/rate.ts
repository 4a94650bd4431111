import * as z from 'zod';

/** At most so many in each window. */
export type Rate = { readonly limit: number; readonly windowMs: number };

/** Every limit an operator sets. */
export type LimitPolicy = Readonly<
  Record<
    | 'ticketsPerAddress'
    | 'ticketsPerKey'
    | 'tokenizePerAddress'
    | 'tokenizePerBin'
    | 'tokenizePerKey'
    | 'burnsPerAddress',
    Rate
  >
>;

const WINDOWS = { m: 60_000, h: 3_600_000 } as const;
const MAX_LIMIT = 100_000_000;
const MAX_BLOCK = 100;

/**
 * A rate as an operator writes it: a number per minute or per hour.
 *
 * @example Rate.parse('600/h') // { limit: 600, windowMs: 3_600_000 }
 */
export const Rate = z
  .string()
  .regex(/^[1-9]\d{0,8}\/[mh]$/, { error: 'must be a number per minute or hour, as in 600/h' })
  .transform((text): Rate => {
    const [limit, unit] = text.split('/');
    return { limit: Number(limit), windowMs: WINDOWS[unit === 'm' ? 'm' : 'h'] };
  })
  .refine(({ limit }) => limit <= MAX_LIMIT, { error: `must be at most ${MAX_LIMIT}` });

/**
 * How much of a limit a node takes at once: a tenth, so that it asks the database seldom and few nodes
 * come close to the limit; never more than a hundred, so that many nodes do too.
 */
export function blockOf(limit: number): number {
  return Math.min(MAX_BLOCK, Math.max(1, Math.floor(limit / 10)));
}
