import * as z from 'zod/mini';
import { VALIDATION_CODES } from '../errors/validation-codes.ts';

/** What may go wrong on the way to a token and is the shopper's to hear; the rest is the merchant's. */
export const SHOPPER_CODES = [
  'network_error',
  'timeout',
  'aborted',
  'rate_limited',
  'focus_lost',
  'policy_denied',
  'session_expired',
  'service_unavailable',
] as const;

/** What the controller says in one language: its errors reach the shopper by way of the page. */
export const ControllerTexts = z.partialRecord(
  z.enum([...VALIDATION_CODES, ...SHOPPER_CODES]),
  z.string(),
);
export type ControllerTexts = z.infer<typeof ControllerTexts>;
