import type { HushfieldErrorShape } from './types.ts';

/** An error as it is returned and told: plain, and no more than the four of it. */
export function shapeOf({ type, code, message, retryable }: HushfieldErrorShape) {
  return { type, code, message, retryable };
}
