import * as z from 'zod/mini';

/** Random: names one group of frames on one page. */
export const GroupId = z.string().check(z.regex(/^[A-Za-z0-9_-]{22}$/));

/** An origin as the browser writes it: scheme, host, port, nothing else; never a wildcard. */
export const Origin = z.string().check(z.regex(/^https?:\/\/[a-z0-9.:[\]-]{1,255}$/));

export const PublishableKey = z.string().check(z.regex(/^pk_(test|live)_[0-9A-Za-z]{46}$/));

/** Unpadded base64url of exactly `bytes` bytes. */
export function base64url(bytes: number): z.ZodMiniString<string> {
  const length = Math.ceil((bytes * 4) / 3);
  return z.string().check(z.regex(new RegExp(`^[A-Za-z0-9_-]{${length}}$`)));
}
