import * as z from 'zod/mini';
import { appearanceShape } from '../appearance/appearance.ts';
import { Rules } from '../appearance/rules.ts';
import { type ERROR_TYPES, errorShape } from '../errors/error-shape.ts';
import { controllerAnswers } from '../frame/controller-answers.ts';
import type { controllerMethods as controllers } from '../frame/controller-methods.ts';
import { fieldAnswers } from '../frame/field-answers.ts';
import type { fieldMethods as fields } from '../frame/field-methods.ts';
import { fieldOptionsShape } from '../frame/field-options.ts';
import { observed } from '../frame/observed.ts';
import type { Method } from '../method.ts';
import { Name } from '../name.ts';
import { read as object } from '../object-maker.ts';
import { collectedShape, revealedShape, TokenId } from '../token-shape.ts';

/*
 * The same shapes as frames write, as a page reads them: with any name for a brand, a code or a warning, and
 * without minding keys that it does not know.
 * The server picks the build of a frame, and a page may be years older; a network that it has never heard
 * of must not cost it the token that was just made.
 */
/** What a page wants shown; the frame takes out of it what could deceive. */
export const PageText = z.string().check(z.maxLength(200));

export const FieldEvent = observed({
  object,
  brand: Name,
  bin: z.string(),
  code: Name,
  warning: Name,
});
export type FieldEvent = z.infer<typeof FieldEvent>;
export type ElementState = Extract<FieldEvent, { type: 'change' }>['state'];

/** What a page knows of methods: what comes of them. Arguments are judged by whoever answers, and only typed here. */
type Asked<W extends Record<keyof A, Method>, A> = {
  readonly [K in keyof A]: A[K] & { readonly args?: W[K]['args'] };
};

/**
 * A token is told whole. What stands in it, the frame has judged on letting it go; a page that is older than
 * a part of it must not lose the token that was just made.
 */
const token = object({
  id: TokenId,
  object: z.literal('token'),
  type: Name,
  mode: Name,
  createdAt: z.string(),
  expiresAt: z.nullable(z.string()),
  card: z.optional(z.unknown()),
  iban: z.optional(z.unknown()),
  bankAccount: z.optional(z.unknown()),
  text: z.optional(z.unknown()),
});

/** A type too is only read: whoever acts by it has a default for one that is new. */
type ErrorTypeName = z.ZodMiniType<(typeof ERROR_TYPES)[number]>;

const answers = controllerAnswers({
  object,
  token,
  collected: collectedShape(object),
  revealed: revealedShape(object),
  error: errorShape(object, Name as ErrorTypeName, Name),
});
/** What a page may ask of the controller. */
export const controllerMethods: Asked<typeof controllers, typeof answers> = answers;
export type TokenizeResult = z.infer<typeof controllerMethods.tokenize.result>;
export type RevealResult = z.infer<typeof controllerMethods.reveal.result>;
export type CollectCodeResult = z.infer<typeof controllerMethods.collectCode.result>;

/** What a page may ask an element to be, rules and all: a mistake is told where it was made. */
export const FieldOptions = fieldOptionsShape(appearanceShape(Rules), PageText);
export type FieldOptions = z.infer<typeof FieldOptions>;

const fieldResults = fieldAnswers(object);
/** What a page may ask of a field. */
export const fieldMethods: Asked<typeof fields, typeof fieldResults> = fieldResults;
