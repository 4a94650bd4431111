import { shapeOf } from './shape-of.ts';
import type { HushfieldErrorShape } from './types.ts';

/** Thrown for what the integrating code can mend; what a shopper causes is returned instead. */
export class HushfieldError extends Error implements HushfieldErrorShape {
  override readonly name = 'HushfieldError';
  declare readonly type: HushfieldErrorShape['type'];
  declare readonly code: string;
  declare readonly retryable: boolean;

  constructor(shape: HushfieldErrorShape) {
    super(shape.message);
    Object.assign(this, shapeOf(shape));
  }
}
