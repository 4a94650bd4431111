import * as z from 'zod/mini';
import { Customer } from '../owner.ts';
import { tokenWith } from '../token.ts';

export const Timestamp = z.iso.datetime();

/**
 * Well-formed Unicode without control characters, but for tab and line breaks, and without those that turn
 * letters around: what every database keeps, and a screen shows as it is.
 */
function freeText(longest: number): z.ZodMiniString<string> {
  return z
    .string()
    .check(
      z.maxLength(longest),
      z.regex(
        /^[^\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069\ud800-\udfff]*$/u,
      ),
    );
}

/** The same on one line, for what stands in a list. */
export function oneLine(longest: number): z.ZodMiniString<string> {
  return z
    .string()
    .check(
      z.maxLength(longest),
      z.regex(/^[^\u0000-\u001f\u007f-\u009f\u2028-\u202e\u2066-\u2069\ud800-\udfff]*$/u),
    );
}

/**
 * Up to 20 texts of the merchant's. The vault refuses any that holds what could be a card number:
 * metadata stands in clear.
 */
export const Metadata = z
  .record(z.string().check(z.regex(/^[A-Za-z0-9_.-]{1,40}$/)), freeText(500))
  .check(z.refine((entries) => Object.keys(entries).length <= 20));

export const Fingerprint = z.string().check(z.regex(/^fp1_[0-9a-zA-Z]{26}$/));

/** What a backend may know: the page's token, and what links it to others. */
export const BackendToken = tokenWith({
  /**
   * Until when the vault holds the security code, at most an hour from when it was typed; null when it
   * holds none now. `card.cvcCollected` says whether one was ever typed.
   */
  cvcExpiresAt: z.nullable(Timestamp),
  /** Equal for equal cards or accounts of one tenant, and nobody else's. Null for a secret text. */
  fingerprint: z.nullable(Fingerprint),
  customer: z.nullable(Customer),
  metadata: Metadata,
});
export type BackendToken = z.infer<typeof BackendToken>;

/** Where a list goes on; of no other use. */
export const Cursor = z.string().check(z.regex(/^[A-Za-z0-9_-]{1,120}$/));

/** A page of a list, newest first. */
export function listOf<S extends z.ZodMiniType>(item: S) {
  return z.strictObject({
    object: z.literal('list'),
    data: z.array(item),
    /** Null at the end. */
    nextCursor: z.nullable(Cursor),
  });
}

/** What stands in a URL is text. */
export const PageSize = z.pipe(
  z.string().check(z.regex(/^(?:[1-9]\d?|100)$/)),
  z.transform((text: string) => Number(text)),
);
