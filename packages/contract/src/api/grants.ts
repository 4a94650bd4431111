import * as z from 'zod/mini';
import { SessionClaims } from '../boot/session.ts';
import { GrantId } from '../grant-id.ts';
import { GrantText } from '../grant-text.ts';
import { Mode } from '../mode.ts';
import { TokenId } from '../token.ts';
import { DestinationId } from './destinations.ts';
import { ForwardField } from './forward-parts.ts';
import { Redaction } from './redaction.ts';
import { route } from './route.ts';
import { Timestamp } from './shapes.ts';

const { origins } = SessionClaims.shape;

/** What of a card is shown. */
const CardParts = z
  .array(z.enum(['number', 'expiry', 'name', 'postalCode']))
  .check(z.minLength(1), z.maxLength(4));
/** Seconds. */
const Life = z.int().check(z.minimum(30), z.maximum(3_600));
const ShownFor = z.int().check(z.minimum(5), z.maximum(600));
const Sent = z.array(ForwardField).check(z.minLength(1), z.maxLength(13));
/** At most so much, of one currency. */
const Amount = z.strictObject({
  /** In the smallest unit of the currency. */
  most: z.int().check(z.minimum(0)),
  currency: z.string().check(z.regex(/^[A-Z]{3}$/)),
});

const common = {
  id: GrantId,
  object: z.literal('grant'),
  mode: Mode,
  token: TokenId,
  createdAt: Timestamp,
  expiresAt: Timestamp,
} as const;

/** A grant to show something, without the text that a page needs of it. */
export const Grant = z.strictObject({
  ...common,
  purpose: z.literal('reveal'),
  redaction: Redaction,
  /** Of a card; null for anything else, which is shown whole. */
  fields: z.nullable(CardParts),
  origins,
  /** How long a person sees it, in seconds. */
  shownFor: ShownFor,
});
export type Grant = z.infer<typeof Grant>;

/** A grant to send something on, without the text that a backend needs of it. */
export const ForwardGrant = z.strictObject({
  ...common,
  purpose: z.literal('forward'),
  destination: DestinationId,
  /** What may be sent of the token. */
  fields: Sent,
  /** Null: of any amount. */
  amount: z.nullable(Amount),
});
export type ForwardGrant = z.infer<typeof ForwardGrant>;

/** For the page or the backend that is to use it. Shown this once. */
const shownOnce = { grant: GrantText } as const;

export const createGrant = route({
  id: 'createGrant',
  method: 'POST',
  path: '/v1/grants',
  summary: 'Let a frame show what a token stands for, or a backend send it, once',
  about:
    'To `reveal`: to whoever sits at a page of yours, in an element that the page cannot read. Hand `grant` to that page, and to no other. A security code is never shown. To `forward`: by a backend whose key needs a grant, to one destination, of one token, up to an amount where the destination’s record says where the amount stands.',
  scope: 'grants:write',
  body: z.discriminatedUnion('purpose', [
    z.strictObject({
      purpose: z.literal('reveal'),
      token: TokenId,
      redaction: Redaction,
      /** Of a card; the number alone without. Name and postal code come with `plain` only. */
      fields: z.optional(CardParts),
      /** Of the page. Each must be registered with a publishable key of yours. */
      origins,
      /** Seconds in which it may be used; 300 without. */
      expiresIn: z.optional(Life),
      /** Seconds for which it is shown; 60 without. */
      shownFor: z.optional(ShownFor),
    }),
    z.strictObject({
      purpose: z.literal('forward'),
      token: TokenId,
      destination: DestinationId,
      fields: Sent,
      amount: z.optional(Amount),
      /** Seconds in which it may be used; 300 without. */
      expiresIn: z.optional(Life),
    }),
  ]),
  answer: z.discriminatedUnion('purpose', [
    z.strictObject({ ...Grant.shape, ...shownOnce }),
    z.strictObject({ ...ForwardGrant.shape, ...shownOnce }),
  ]),
  status: 201,
  idempotent: true,
  secretAnswer: true,
  errors: ['not_found', 'origin_not_allowed'],
});
