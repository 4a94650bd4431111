import { createHmac, createSecretKey, randomBytes, timingSafeEqual } from 'node:crypto';
import { TicketClaims } from '@hushfield/contract/boot';
import { VaultError } from '../app/vault-error.ts';
import { parseStrictJson } from '../app/strict-json.ts';

const LABEL = 'hushfield/v1/frame-ticket\0';
const ATTEMPTS = 20;
const MAC_BYTES = 32;

export type TicketSubject = Pick<
  TicketClaims,
  'mode' | 'tenant' | 'key' | 'origins' | 'sessionRequired' | 'binDigits'
>;

/** When a ticket begins, in unix seconds, and how many it holds. */
export type TicketLife = { readonly now: number; readonly seconds: number };

/** A ticket for one controller document: what the frame may do, and for how long. */
export function issueTicket(
  ticketKey: Uint8Array,
  subject: TicketSubject,
  life: TicketLife,
): string {
  const claims = TicketClaims.parse({
    v: 1,
    ...subject,
    nonce: randomBytes(16).toString('base64url'),
    iat: life.now,
    exp: life.now + life.seconds,
    attempts: ATTEMPTS,
  });
  return signTicket(ticketKey, claims);
}

/** Writes claims as they travel. */
export function signTicket(ticketKey: Uint8Array, claims: TicketClaims): string {
  const payload = Buffer.from(JSON.stringify(claims)).toString('base64url');
  return `${payload}.${macOf(ticketKey, payload).toString('base64url')}`;
}

/**
 * Reads a ticket that this vault has issued and that is still in force. Nothing of it is parsed
 * before its MAC is verified.
 *
 * @param ticketKeys - all that there are: around a rotation, nodes sign under two.
 *
 * @throws VaultError `unauthorized` for every cause alike.
 */
export function verifyTicket(
  ticketKeys: readonly Uint8Array[],
  ticket: string,
  now: number,
): TicketClaims {
  const [payload = '', mac = '', ...rest] = ticket.split('.');
  const given = Buffer.from(mac, 'base64url');
  const genuine =
    rest.length === 0 &&
    given.length === MAC_BYTES &&
    given.toString('base64url') === mac &&
    ticketKeys.some((key) => timingSafeEqual(given, macOf(key, payload)));
  if (!genuine) throw VaultError.because('unauthorized', 'ticket_forged');
  // Signed here, and of a form that this node does not know: it is older than the one that made it.
  const read = TicketClaims.safeParse(parseStrictJson(Buffer.from(payload, 'base64url')));
  if (!read.success) throw VaultError.because('unauthorized', 'ticket_form');
  const { data: claims } = read;
  if (now < claims.iat || now >= claims.exp)
    throw VaultError.because('unauthorized', 'ticket_over');
  return claims;
}

function macOf(ticketKey: Uint8Array, payload: string): Buffer {
  return createHmac('sha256', createSecretKey(ticketKey)).update(LABEL).update(payload).digest();
}
