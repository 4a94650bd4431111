import * as z from 'zod/mini';
import { BinDigits } from '../bin.ts';
import {
  Brands,
  RequiredFields,
  SESSION_SECONDS,
  SessionClaims,
  SessionId,
} from '../boot/session.ts';
import { Customer } from '../owner.ts';
import { SessionText } from '../session-text.ts';
import { Mode } from '../mode.ts';
import { route } from './route.ts';
import { Timestamp } from './shapes.ts';

const { origins, attempts } = SessionClaims.shape;

/** A session without the text that a page needs of it. */
export const Session = z.strictObject({
  id: SessionId,
  object: z.literal('session'),
  mode: Mode,
  origins,
  /** Null takes every brand. */
  brands: z.nullable(Brands),
  fields: RequiredFields,
  /** The most of a BIN that the page sees, of what its publishable key shows; null for all of that. */
  binDigits: z.nullable(BinDigits),
  attempts,
  customer: z.nullable(Customer),
  createdAt: Timestamp,
  expiresAt: Timestamp,
});
export type Session = z.infer<typeof Session>;

export const createSession = route({
  id: 'createSession',
  method: 'POST',
  path: '/v1/sessions',
  summary: 'Make a session',
  about:
    'Lets a page tokenize under your conditions. Hand `session` to that page, and to no other. It holds until it expires, also when the key that made it is revoked meanwhile.',
  scope: 'sessions:write',
  body: z.strictObject({
    /** Of the page. Each must be registered with a publishable key of yours. */
    origins,
    /** Networks that a card must run on one of; any without. */
    brands: z.optional(Brands),
    /** What must be filled in beside number and expiry. */
    fields: z.optional(RequiredFields),
    /** The most of a BIN that the page sees, of what its publishable key shows; without, all of that. */
    binDigits: z.optional(BinDigits),
    /** How many cards may be tried; 20 without. */
    attempts: z.optional(attempts),
    /** Seconds; 900 without. */
    expiresIn: z.optional(
      z.int().check(z.minimum(SESSION_SECONDS.least), z.maximum(SESSION_SECONDS.most)),
    ),
    /** Stands on every token that is made under it. */
    customer: z.optional(Customer),
  }),
  answer: z.strictObject({
    ...Session.shape,
    /** For the page, signed. Shown this once. */
    session: SessionText,
  }),
  status: 201,
  idempotent: true,
  secretAnswer: true,
  errors: ['origin_not_allowed'],
});

export const getSession = route({
  id: 'getSession',
  method: 'GET',
  path: '/v1/sessions/{id}',
  summary: 'Get a session',
  about: 'All but the text for the page; until a day after it has expired.',
  scope: 'sessions:write',
  params: z.strictObject({ id: SessionId }),
  answer: Session,
  status: 200,
  errors: ['not_found'],
});
