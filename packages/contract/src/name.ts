import * as z from 'zod/mini';

/**
 * A name that one side has from a closed list and the other need not know, since it may be years older. There is
 * room for no digit in it.
 */
export const Name = z.string().check(z.regex(/^[a-z_]{1,40}$/));
