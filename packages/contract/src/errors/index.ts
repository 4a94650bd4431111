export {
  type ErrorCode,
  type ErrorShape,
  type ErrorType,
  ERROR_CODES,
  ErrorCode as ErrorCodeSchema,
  ErrorShape as ErrorShapeSchema,
  errorOf,
  errorType,
  isRetryable,
  messageOf,
} from './errors.ts';
