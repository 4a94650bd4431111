import * as z from 'zod/mini';

/**
 * How the objects of a shape are made that both sides of a line share: strictly where they are written, so that
 * nothing leaves by a key that is not declared; and where they are read without minding keys that a younger
 * writer has.
 */
export type ObjectMaker = typeof z.object;

export const written = z.strictObject as unknown as ObjectMaker;
export const read: ObjectMaker = z.object;
