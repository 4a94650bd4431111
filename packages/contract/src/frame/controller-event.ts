import * as z from 'zod/mini';

/** Events the controller sends. */
export const ControllerEvent = z.discriminatedUnion('type', [
  /** The ticket is near its end; the document reloads itself and wants its fields back. */
  z.strictObject({ type: z.literal('reload') }),
]);
export type ControllerEvent = z.infer<typeof ControllerEvent>;
