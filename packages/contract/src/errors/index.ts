export {
  ERROR_CODES,
  type ErrorCode,
  ErrorCode as ErrorCodeSchema,
  type ErrorShape,
  ErrorShape as ErrorShapeSchema,
  type ErrorType,
  errorType,
  isRetryable,
} from './codes.ts';
export { errorOf } from './error-of.ts';
export {
  messageOf,
  PAGE_MESSAGES,
  VALIDATION_MESSAGES,
} from './messages.ts';
