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
export { errorOf, errorShape } from './error-of.ts';
export {
  INTEGRATION_MESSAGES,
  LOAD_MESSAGES,
  messageOf,
  REQUEST_MESSAGES,
  VALIDATION_MESSAGES,
  VAULT_MESSAGES,
} from './messages.ts';
