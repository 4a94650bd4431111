import * as z from 'zod/mini';
import { appearanceShape } from '../appearance/appearance.ts';
import { Rules } from '../appearance/rules.ts';
import { errorShape } from '../errors/error-shape.ts';
import { controllerContract } from '../frame/controller-contract.ts';
import { fieldContract } from '../frame/field-methods.ts';
import { fieldOptionsShape } from '../frame/field-options.ts';
import { observed } from '../frame/observed.ts';
import { read as object } from '../object-maker.ts';
import { collectedShape, revealedShape, tokenShape } from '../token-shape.ts';

/*
 * The same shapes as frames write, as a page reads them: with any name for a brand, a code or a warning, and
 * without minding keys that it does not know.
 * The server picks the build of a frame, and a page may be years older; a network that it has never heard
 * of must not cost it the token that was just made. Digits are in no name.
 */
const Name = z.string().check(z.regex(/^[a-z_]{1,40}$/));

const read = observed({ object, brand: Name, code: Name, warning: Name });
export const { FieldEvent } = read;
export type FieldEvent = z.infer<typeof FieldEvent>;
export type ElementState = z.infer<typeof read.ElementState>;

/** What a page may ask of the controller. */
export const controllerMethods = controllerContract({
  object,
  token: tokenShape(object, Name, {}),
  collected: collectedShape(object),
  revealed: revealedShape(object),
  error: errorShape(object, Name),
});
export type TokenizeResult = z.infer<typeof controllerMethods.tokenize.result>;
export type RevealResult = z.infer<typeof controllerMethods.reveal.result>;
export type CollectCodeResult = z.infer<typeof controllerMethods.collectCode.result>;

/** What a page may ask an element to be, rules and all: a mistake is told where it was made. */
export const FieldOptions = fieldOptionsShape(appearanceShape(Rules));
export type FieldOptions = z.infer<typeof FieldOptions>;

/** What a page may ask of a field. */
export const fieldMethods = fieldContract(object);
