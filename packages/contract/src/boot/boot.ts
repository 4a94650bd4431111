import * as z from 'zod/mini';
import { base64url, Origin, PublishableKey } from '../limits.ts';
import { Mode } from '../mode.ts';

/**
 * The data block a field document carries, written by the vault's fields role. Origins are the same
 * list as in `frame-ancestors`, so that the browser and the code judge the parent by one fact.
 */
export const FieldBoot = z.strictObject({
  v: z.literal(1),
  mode: Mode,
  key: PublishableKey,
  origins: z.array(Origin).check(z.maxLength(32)),
  /** Server's Unix seconds when the document was written: shoppers' clocks are wrong. */
  now: z.int(),
});
export type FieldBoot = z.infer<typeof FieldBoot>;

/** The data block of the controller document. It holds the ticket, so that document is `no-store`. */
export const ControllerBoot = z.strictObject({
  ...FieldBoot.shape,
  api: Origin,
  ticket: z.string().check(z.maxLength(8_192)),
  /** Ed25519 key of the offline root; it comes from the fields origin so that the API cannot swap it. */
  root: base64url(32),
  /** The lowest manifest sequence number this document accepts. */
  minSeq: z.int(),
});
export type ControllerBoot = z.infer<typeof ControllerBoot>;
