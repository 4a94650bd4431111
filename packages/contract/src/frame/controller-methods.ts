import type * as z from 'zod/mini';
import { ErrorShape } from '../errors/codes.ts';
import { written } from '../object-maker.ts';
import { CollectedToken, RevealedToken, Token } from '../token.ts';
import { controllerContract } from './controller-contract.ts';

/** What the SDK may ask of the controller, as the controller answers it. */
export const controllerMethods = controllerContract({
  object: written,
  token: Token,
  collected: CollectedToken,
  revealed: RevealedToken,
  error: ErrorShape,
});

export const TokenizeResult = controllerMethods.tokenize.result;
export type TokenizeResult = z.infer<typeof TokenizeResult>;

export const CollectCodeResult = controllerMethods.collectCode.result;
export type CollectCodeResult = z.infer<typeof CollectCodeResult>;

export const RevealResult = controllerMethods.reveal.result;
export type RevealResult = z.infer<typeof RevealResult>;
