import type * as z from 'zod/mini';
import { Brand } from './brand.ts';
import { tokenShape } from './token-shape.ts';

export { CollectedToken, TokenId } from './token-shape.ts';

/** A token as the vault and the frames write it. */
export const Token = tokenShape(Brand);
export type Token = z.infer<typeof Token>;
