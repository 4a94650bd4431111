import * as z from 'zod/mini';

/** Apart from the text of a grant, which pages carry: they need no id of one. */
export const GrantId = z.string().check(z.regex(/^gra_[0-9A-Za-z]{22}$/));
