import * as z from 'zod/mini';
import { Brand } from '../brand.ts';
import { ErrorShape } from '../errors/codes.ts';
import { base64url, Origin } from '../limits.ts';
import { PolicyName } from '../policy-name.ts';
import { SecretText } from '../secret-text.ts';
import { SessionText } from '../session-text.ts';
import { GrantText } from '../grant-text.ts';
import { Shown } from '../shown.ts';
import { CollectedToken, RevealedToken, Token, TokenId } from '../token.ts';

/**
 * `POST /v1/tokenize`. Fixed sizes: whoever reads the wire between the frame and the vault's
 * decrypting process learns nothing from lengths (promise P3).
 */
export const TokenizeRequest = z.strictObject({
  v: z.literal(1),
  ticket: z.string().check(z.minLength(1), z.maxLength(8_192)),
  /** Of the merchant's backend; its id is bound into the seal. */
  session: z.optional(SessionText),
  parentOrigin: Origin,
  attempt: z.int().check(z.minimum(1), z.maximum(100)),
  kid: base64url(16),
  /** X-Wing encapsulation, 1,120 bytes. */
  enc: base64url(1120),
  /** 512 bytes of padded plaintext and a 16-byte tag. */
  ct: base64url(528),
});
export type TokenizeRequest = z.infer<typeof TokenizeRequest>;

/** `POST /v1/tickets/burn`: the page kept taking focus while a card was typed; no token for it. */
export const BurnRequest = z.strictObject({
  v: z.literal(1),
  ticket: z.string().check(z.minLength(1), z.maxLength(8_192)),
  parentOrigin: Origin,
  reason: z.literal('focus_lost'),
});
export type BurnRequest = z.infer<typeof BurnRequest>;

/** 12-byte nonce, 1,024 bytes of padded plaintext, 16-byte tag. */
export const TokenizeReply = z.strictObject({ v: z.literal(1), reply: base64url(1052) });
export type TokenizeReply = z.infer<typeof TokenizeReply>;

/** Inside the seal. Numbers that name a card are strings: JSON numbers lose digits. */
export const CardPlaintext = z.strictObject({
  number: z.string().check(z.regex(/^\d{12,19}$/)),
  expMonth: z.int().check(z.minimum(1), z.maximum(12)),
  expYear: z.int().check(z.minimum(2000), z.maximum(2199)),
  cvc: z.optional(z.string().check(z.regex(/^\d{3,4}$/))),
  name: z.optional(z.string().check(z.minLength(1), z.maxLength(128))),
  /** For address verification at the gateway; kept with the card. */
  postalCode: z.optional(z.string().check(z.regex(/^[A-Z0-9 -]{2,11}$/))),
  /** Of a co-badged card, the network that the shopper was shown and has chosen or let stand. */
  network: z.optional(Brand),
});
export type CardPlaintext = z.infer<typeof CardPlaintext>;

/** Inside the seal instead of a card: a bank account by its IBAN. */
export const IbanPlaintext = z.strictObject({
  iban: z.string().check(z.regex(/^[A-Z]{2}\d{2}[0-9A-Z]{1,30}$/)),
});
export type IbanPlaintext = z.infer<typeof IbanPlaintext>;

/** A bank account in the United States. */
export const BankAccountPlaintext = z.strictObject({
  routingNumber: z.string().check(z.regex(/^\d{9}$/)),
  accountNumber: z.string().check(z.regex(/^\d{4,17}$/)),
});
export type BankAccountPlaintext = z.infer<typeof BankAccountPlaintext>;

/** A secret text, and the rule that it was typed under. */
export const TextPlaintext = z.strictObject({ policy: PolicyName, text: SecretText });
export type TextPlaintext = z.infer<typeof TextPlaintext>;

/** What becomes a token and is no card. */
export type SecretPlaintext = IbanPlaintext | BankAccountPlaintext | TextPlaintext;

/** Inside the seal instead of a card: the security code of one that is a token already. */
export const CodePlaintext = z.strictObject({
  token: TokenId,
  cvc: z.string().check(z.regex(/^\d{3,4}$/)),
});
export type CodePlaintext = z.infer<typeof CodePlaintext>;

/** Inside the seal instead of anything to keep: a grant to show what a token stands for. */
export const GrantPlaintext = z.strictObject({ grant: GrantText });
export type GrantPlaintext = z.infer<typeof GrantPlaintext>;

const Refusal = z.strictObject({ ok: z.literal(false), error: ErrorShape });

/** Inside the sealed reply: also what the vault thinks of the card stays between it and the frame. */
export const ReplyPlaintext = z.discriminatedUnion('ok', [
  z.strictObject({ ok: z.literal(true), token: Token }),
  Refusal,
]);
export type ReplyPlaintext = z.infer<typeof ReplyPlaintext>;

/** The same to a security code. */
export const CodeReplyPlaintext = z.discriminatedUnion('ok', [
  z.strictObject({ ok: z.literal(true), token: CollectedToken }),
  Refusal,
]);
export type CodeReplyPlaintext = z.infer<typeof CodeReplyPlaintext>;

/** The same to a grant. */
export const RevealReplyPlaintext = z.discriminatedUnion('ok', [
  z.strictObject({
    ok: z.literal(true),
    token: z.strictObject({ ...RevealedToken.shape, shown: Shown }),
  }),
  Refusal,
]);
export type RevealReplyPlaintext = z.infer<typeof RevealReplyPlaintext>;
