import * as z from 'zod/mini';

export const Joined = z.strictObject({ type: z.literal('joined') });
