import * as z from 'zod/mini';

/*
 * Apart from the token: a field knows its mode and nothing of tokens, and should not carry them.
 */
export const Mode = z.enum(['test', 'live']);
export type Mode = z.infer<typeof Mode>;
