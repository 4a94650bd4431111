import * as z from 'zod/mini';
import { SessionClaims } from '../boot/session.ts';
import { GrantId } from '../grant-id.ts';
import { GrantText } from '../grant-text.ts';
import { Mode } from '../mode.ts';
import { TokenId } from '../token.ts';
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

/** A grant without the text that a page needs of it. */
export const Grant = z.strictObject({
  id: GrantId,
  object: z.literal('grant'),
  purpose: z.literal('reveal'),
  mode: Mode,
  token: TokenId,
  redaction: Redaction,
  /** Of a card; null for anything else, which is shown whole. */
  fields: z.nullable(CardParts),
  origins,
  /** How long a person sees it, in seconds. */
  shownFor: ShownFor,
  createdAt: Timestamp,
  expiresAt: Timestamp,
});
export type Grant = z.infer<typeof Grant>;

export const createGrant = route({
  id: 'createGrant',
  method: 'POST',
  path: '/v1/grants',
  summary: 'Let a frame show what a token stands for',
  about:
    'Once, to whoever sits at a page of yours, in an element that the page cannot read. Hand `grant` to that page, and to no other. A security code is never shown.',
  scope: 'grants:write',
  body: z.strictObject({
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
  answer: z.strictObject({
    ...Grant.shape,
    /** For the page. Shown this once. */
    grant: GrantText,
  }),
  status: 201,
  idempotent: true,
  secretAnswer: true,
  errors: ['not_found', 'origin_not_allowed'],
});
