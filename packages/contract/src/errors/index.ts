export {
  ERROR_CODES,
  type ErrorCode,
  ErrorCode as ErrorCodeSchema,
  type ErrorShape,
  ErrorShape as ErrorShapeSchema,
  type ErrorType,
  errorType,
} from './codes.ts';
export { isRetryable } from './retryable.ts';
export { errorOf } from './error-of.ts';
export { messageOf, VALIDATION_MESSAGES } from './messages.ts';
export { INTEGRATION_MESSAGES, LOAD_MESSAGES } from './page-messages.ts';
export { VALIDATION_CODES } from './validation-codes.ts';
