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
  Page,
  PageOptions,
  Redaction,
  RevealedCard,
  Scope,
  Token,
  TokenChange,
  TokenQuery,
} from './types.ts';
