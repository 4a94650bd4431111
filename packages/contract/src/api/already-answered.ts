import * as z from 'zod/mini';

/** In the place of an answer that held a secret, when its request comes again. */
export const AlreadyAnswered = z.strictObject({
  object: z.literal('already_answered'),
  /** Of what was made the first time. */
  id: z.string().check(z.regex(/^[A-Za-z0-9_]{1,64}$/)),
});
export type AlreadyAnswered = z.infer<typeof AlreadyAnswered>;
