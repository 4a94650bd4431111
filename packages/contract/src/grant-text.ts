import * as z from 'zod/mini';

/** What a page is handed: the grant's id, and what proves that its backend was given it. */
export const GrantText = z.string().check(z.regex(/^gra_[0-9A-Za-z]{22}\.[0-9A-Za-z]{32}$/));
