export {
  type ApiKeyKind,
  hashApiKey,
  newApiKey,
  type ParsedApiKey,
  parseApiKey,
} from './api-key.ts';
export { isTokenId, type Mode, newId, newTokenId } from './token-id.ts';
