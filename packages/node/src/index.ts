export { Hushfield } from './hushfield.ts';
export { HushfieldError } from './hushfield-error.ts';
export type {
  AlreadyAnswered,
  ApiKey,
  ApiKeyWish,
  CallOptions,
  CardImport,
  ErasedCustomer,
  HushfieldOptions,
  NewApiKey,
  NewSession,
  Page,
  PageOptions,
  Redaction,
  RevealedCard,
  Scope,
  Session,
  SessionWish,
  Token,
  TokenChange,
  TokenQuery,
} from './types.ts';
