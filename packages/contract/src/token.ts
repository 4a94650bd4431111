import type * as z from 'zod/mini';
import { Brand } from './brand.ts';
import { written } from './object-maker.ts';
import { collectedShape, revealedShape, tokenShape } from './token-shape.ts';

export { TokenId } from './token-shape.ts';

/** A token as the vault and the frames write it. */
export const Token = tokenShape(written, Brand, {});
export type Token = z.infer<typeof Token>;

export const CollectedToken = collectedShape(written);
export type CollectedToken = z.infer<typeof CollectedToken>;

export const RevealedToken = revealedShape(written);
export type RevealedToken = z.infer<typeof RevealedToken>;
