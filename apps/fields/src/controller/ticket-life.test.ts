import type { TicketClaims } from '@hushfield/contract/boot';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { keepTicketFresh } from './ticket-life.ts';

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

const claims = { iat: 1_000, exp: 2_000 } as TicketClaims;

it('renews at four fifths of the life', () => {
  const renew = vi.fn();
  keepTicketFresh(
    claims,
    () => 1_100,
    () => false,
    renew,
  );
  vi.advanceTimersByTime(699_000);
  expect(renew).not.toHaveBeenCalled();
  vi.advanceTimersByTime(1_000);
  expect(renew).toHaveBeenCalledTimes(1);
});

it('waits for a payment under way', () => {
  const renew = vi.fn();
  let busy = true;
  keepTicketFresh(
    claims,
    () => 1_900,
    () => busy,
    renew,
  );
  vi.advanceTimersByTime(5_000);
  expect(renew).not.toHaveBeenCalled();
  busy = false;
  vi.advanceTimersByTime(1_000);
  expect(renew).toHaveBeenCalledTimes(1);
});
