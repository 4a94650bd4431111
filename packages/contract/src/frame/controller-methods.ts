import * as z from 'zod/mini';
import { ErrorShape } from '../errors/codes.ts';
import { GrantText } from '../grant-text.ts';
import { method } from '../method.ts';
import { written } from '../object-maker.ts';
import { SessionText } from '../session-text.ts';
import { CollectedToken, RevealedToken, Token, TokenId } from '../token.ts';
import { controllerAnswers } from './controller-answers.ts';
import { ElementType } from './names.ts';

const answers = controllerAnswers({
  object: written,
  token: Token,
  collected: CollectedToken,
  revealed: RevealedToken,
  error: ErrorShape,
});
const Elements = z.array(ElementType).check(z.minLength(1), z.maxLength(12));

/** What the SDK may ask of the controller. */
export const controllerMethods = {
  /** Seals what the named elements hold and trades it for a token; never throws for what a shopper can cause. */
  tokenize: method({
    args: z.tuple([z.strictObject({ elements: Elements, session: z.optional(SessionText) })]),
    ...answers.tokenize,
  }),
  /** The same for a security code alone, which goes to a token that there is already. */
  collectCode: method({
    args: z.tuple([
      z.strictObject({ token: TokenId, elements: Elements, session: z.optional(SessionText) }),
    ]),
    ...answers.collectCode,
  }),
  /** Has what a grant is for shown in the group's `reveal` and `copyButton` elements. */
  reveal: method({
    args: z.tuple([
      z.strictObject({ grant: GrantText, elements: Elements, session: z.optional(SessionText) }),
    ]),
    ...answers.reveal,
  }),
  /**
   * Brings the session of the group before anybody pays, so that fields know which brands it takes. Nothing is
   * said of what it is worth: that is told where it is used.
   */
  session: method({ args: z.tuple([SessionText]), ...answers.session }),
  /** Gives up the call under way; it then answers `aborted`. */
  abort: method({ args: z.tuple([]), ...answers.abort }),
} as const;

export const TokenizeResult = controllerMethods.tokenize.result;
export type TokenizeResult = z.infer<typeof TokenizeResult>;

export const CollectCodeResult = controllerMethods.collectCode.result;
export type CollectCodeResult = z.infer<typeof CollectCodeResult>;

export const RevealResult = controllerMethods.reveal.result;
export type RevealResult = z.infer<typeof RevealResult>;
