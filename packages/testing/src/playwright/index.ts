export {
  chooseNetwork,
  clearField,
  fieldError,
  fillCard,
  fillField,
  pressKey,
} from './fill-card.ts';
export type { Field, Part, Scope, TypedCard, Where } from './types.ts';
