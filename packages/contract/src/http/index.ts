export { Brand } from '../brand.ts';
export { base64url, Origin } from '../limits.ts';
export { Mode } from '../mode.ts';
export { Token, TokenId } from '../token.ts';
export { ManifestBundle } from './manifest.ts';
export { Problem } from './problem.ts';
export {
  BankAccountPlaintext,
  BurnRequest,
  CardPlaintext,
  CodePlaintext,
  CodeReplyPlaintext,
  GrantPlaintext,
  IbanPlaintext,
  ReplyPlaintext,
  RevealReplyPlaintext,
  type SecretPlaintext,
  TextPlaintext,
  TokenizeReply,
  TokenizeRequest,
} from './tokenize.ts';
