import * as z from 'zod/mini';

/** How much of it is given out. */
export const Redaction = z.enum(['plain', 'masked', 'last4']);
export type Redaction = z.infer<typeof Redaction>;
