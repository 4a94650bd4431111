import { createHash } from 'node:crypto';

/** A style of the operator's in a document, and how a policy names it. */
export type HashedStyle = {
  /** The element whole; empty for none. */
  readonly style: string;
  readonly hash: string | undefined;
};

export const NO_STYLE: HashedStyle = { style: '', hash: undefined };

/** @param text - that no one but us has written: it can end no element. */
export function hashedStyle(text: string): HashedStyle {
  const hash = `sha256-${createHash('sha256').update(text).digest('base64')}`;
  return { style: `<style>${text}</style>`, hash };
}
