export { ControllerEvent } from '../frame/controller-event.ts';
export { documentOf, ElementType, FIELDS_OF, FieldName } from '../frame/names.ts';
export { GrantText } from '../grant-text.ts';
export { SessionText } from '../session-text.ts';
export { TokenId } from '../token-shape.ts';
export {
  type CollectCodeResult,
  controllerMethods,
  type ElementState,
  FieldEvent,
  FieldOptions,
  fieldMethods,
  PageText,
  type RevealResult,
  type TokenizeResult,
} from './reading.ts';
