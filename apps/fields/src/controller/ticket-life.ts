import type { TicketClaims } from '@hushfield/contract/boot';

const RENEW_AT = 0.8;
const BUSY_PAUSE_MS = 1_000;

/** Calls `renew` at four fifths of the ticket's life, or as soon after it as nothing is under way. */
export function keepTicketFresh(
  { iat, exp }: TicketClaims,
  now: () => number,
  isBusy: () => boolean,
  renew: () => void,
): void {
  const due = iat + (exp - iat) * RENEW_AT;
  const check = () => {
    if (isBusy()) setTimeout(check, BUSY_PAUSE_MS);
    else renew();
  };
  setTimeout(check, Math.max(0, due - now()) * 1000);
}
