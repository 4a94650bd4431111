export { maximum, maxLength, minimum, minLength, regex } from './checks.ts';
export { config } from './config.ts';
export { iso } from './datetime.ts';
export { discriminatedUnion } from './discriminated-union.ts';
export { array, tuple } from './lists.ts';
export { object, strictObject } from './objects.ts';
export { partialRecord } from './partial-record.ts';
export {
  boolean,
  enumOf as enum,
  int,
  literal,
  nothing as undefined,
  number,
  string,
  unknown,
} from './scalars.ts';
export type { Check, Path, Result, Schema } from './schema.ts';
export { nullable, optional, pipe, transform } from './wrappers.ts';
