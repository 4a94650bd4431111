import type { HushfieldErrorShape } from './types.ts';

/** What a page is told of an error that was made here: plain, and no more than that. */
export function shapeOf(error: HushfieldErrorShape): HushfieldErrorShape {
  const { type, code, message, retryable } = error;
  return { type, code, message, retryable };
}
