import * as z from 'zod/mini';

/** The name of a group of frames. Apart from other words, since a page says its own and reads none. */
export const Sid = z.string().check(z.regex(/^[A-Za-z0-9_-]{22}$/));
