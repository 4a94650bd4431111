import * as z from 'zod/mini';

/** What a merchant calls a rule for secret texts. */
export const PolicyName = z.string().check(z.regex(/^[a-z][a-z\d-]{0,31}$/));
