export { Brand } from '../brand.ts';
export { GroupId } from '../limits.ts';
export { type Method, method } from '../method.ts';
export { Mode } from '../mode.ts';
export { SessionText } from '../session-text.ts';
export { Token, TokenId } from '../token.ts';
export {
  CollectCodeResult,
  controllerMethods,
  RevealResult,
  TokenizeResult,
} from './controller-methods.ts';
export { FieldOptions, fieldMethods } from './field-methods.ts';
export { ElementType, FIELDS_OF, FieldName, isShowing } from './names.ts';
export { ControllerEvent } from './controller-event.ts';
export { type ElementState, type FieldError, FieldEvent, type FieldState } from './observable.ts';
export { TICK_MS } from './observed.ts';
export { cleanText, PageText } from './page-text.ts';
