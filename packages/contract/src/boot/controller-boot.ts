import * as z from 'zod/mini';
import { base64url, Origin } from '../limits.ts';
import { CommonBoot } from './common-boot.ts';
import { ControllerTexts } from './controller-texts.ts';

/** The data block of the controller document. It holds the ticket, so that document is `no-store`. */
export const ControllerBoot = z.strictObject({
  ...CommonBoot.shape,
  texts: ControllerTexts,
  api: Origin,
  ticket: z.string().check(z.maxLength(8_192)),
  /** Ed25519 key of the offline root; it comes from the fields origin so that the API cannot swap it. */
  root: base64url(32),
  /** Ed25519 keys that sessions are signed with: around rotations there are several. */
  sessionKeys: z.array(base64url(32)).check(z.minLength(1), z.maxLength(16)),
  /** The lowest manifest sequence number this document accepts. */
  minSeq: z.int(),
});
export type ControllerBoot = z.infer<typeof ControllerBoot>;
