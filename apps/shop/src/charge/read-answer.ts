import * as z from 'zod';
import type { Payment } from './payment.ts';

/** As much of a payment as a shop needs, as the gateway tells it. */
const Told = z.object({
  id: z.string().regex(/^pay_[0-9a-f]{32}$/),
  state: z.enum(['authorized', 'captured', 'declined', 'challenge_required']),
  declineCode: z.string().max(60).nullable(),
});
const Refused = z.object({ errorCode: z.string().regex(/^[a-z_]{1,60}$/) });
const Found = z.object({ data: z.array(Told).max(1) });

export type Answer = { readonly status: number; readonly body: string | null };

/** Something else is under way, or was, under the same name: of the money that says nothing. */
const OPEN = new Set([408, 409]);

/** Of the request, of whatever it asked. */
export const isRefusal = ({ status }: Answer): boolean => status >= 400 && status < 500;

/**
 * What an answer means for the shopper's money. One that cannot be read leaves that open: a gateway that fails
 * while it answers may have charged.
 */
export function paymentOf(answer: Answer): Payment {
  const { status, body } = answer;
  const said = jsonOf(body);
  if (status >= 200 && status < 300) return paymentTold(Told.safeParse(said).data);
  const refused = isRefusal(answer) && !OPEN.has(status) ? Refused.safeParse(said).data : undefined;
  return refused ? { state: 'declined', code: refused.errorCode } : { state: 'unknown' };
}

/** Of a search by the reference of one order; nothing found proves nothing yet. */
export function paymentFound({ status, body }: Answer): Payment {
  const found = status === 200 ? Found.safeParse(jsonOf(body)).data : undefined;
  return paymentTold(found?.data[0]);
}

function paymentTold(told: z.infer<typeof Told> | undefined): Payment {
  if (told === undefined) return { state: 'unknown' };
  const { id, state, declineCode } = told;
  if (state === 'declined') return { state, code: declineCode ?? 'card_declined' };
  return { state: state === 'captured' ? 'authorized' : state, id };
}

function jsonOf(body: string | null): unknown {
  try {
    return JSON.parse(body ?? '');
  } catch {
    return undefined;
  }
}
