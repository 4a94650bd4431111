import * as z from 'zod/mini';

/** A signed session as a page carries it, at most 4,096 characters: claims, a dot, 64 bytes of signature. */
export const SessionText = z.string().check(z.regex(/^[\w-]{1,4009}\.[\w-]{86}$/));
