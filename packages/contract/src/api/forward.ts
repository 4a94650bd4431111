import * as z from 'zod/mini';
import { GrantText } from '../grant-text.ts';
import { Mode } from '../mode.ts';
import { DestinationId, DestinationRecord } from './destinations.ts';
import { HeaderText } from './forward-parts.ts';
import { route } from './route.ts';
import { Timestamp } from './shapes.ts';

export const ForwardId = z.string().check(z.regex(/^fwd_[0-9A-Za-z]{22}$/));

/** Of a path under the host of the destination; what may stand in it is judged by its record. */
const Path = z.string().check(z.maxLength(1_000), z.startsWith('/'));
const AnyCase = z.string().check(z.regex(/^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$/));

export const forward = route({
  id: 'forward',
  method: 'POST',
  path: '/v1/forward',
  summary: 'Send a request with what tokens stand for',
  about:
    'To a destination that was approved. A value of the body that is `{{ tok_….number }}`, and nothing else, is replaced: `number expMonth expYear2 expYear4 cvc name postalCode last4 bin6` of a card, `iban`, `routingNumber accountNumber`, `text`; up to 20 tokens. Needs an `Idempotency-Key`: nothing is ever sent twice under one within 24 hours, and whoever asks again is told what is known. The answer is 200 whatever the destination says; what it says is in it. `forward_not_sent` says that nothing has left, and may be repeated. `forward_unknown` says that it was sent and no whole answer came: ask the destination before you do it again. A security code is gone once its card was sent, whatever the answer.',
  scope: 'forward',
  body: z.strictObject({
    destination: DestinationId,
    /** POST without. */
    method: z.optional(DestinationRecord.shape.methods.def.element),
    path: Path,
    /** Those that the destination lets pass. */
    headers: z.optional(z.record(AnyCase, HeaderText)),
    /** Of JSON; the destination says whether it is sent as such or as a form. */
    body: z.optional(z.record(z.string(), z.unknown())),
    /** Where the key needs one: `gra_….…`, used up by this. */
    grant: z.optional(GrantText),
    /** Milliseconds to wait, where that is less than the destination's own time. */
    timeoutMs: z.optional(z.int().check(z.minimum(100), z.maximum(25_000))),
  }),
  answer: z.strictObject({
    id: ForwardId,
    object: z.literal('forward'),
    mode: Mode,
    destination: DestinationId,
    /** Of the destination's answer. */
    status: z.int().check(z.minimum(100), z.maximum(999)),
    /** Those that its record hands on. */
    headers: z.record(z.string(), z.string()),
    /**
     * As text, letter by letter: JSON is not read, so that no number of it loses a digit. Where card data came
     * back, `9999` stands in its place.
     */
    body: z.nullable(z.string()),
    /** Why there is no body here, though there was one. */
    withheld: z.nullable(z.enum(['encoding', 'not_utf8'])),
    /** That card data came back in it, and was taken out. */
    scrubbed: z.boolean(),
    createdAt: Timestamp,
    requestId: z.string(),
  }),
  status: 200,
  idempotent: true,
  keepsName: true,
  errors: ['not_found', 'cvc_unavailable', 'rate_limited', 'forward_not_sent', 'forward_unknown'],
});
