import type { CodeOf, ErrorCode } from './codes.ts';
import { INTEGRATION_MESSAGES, LOAD_MESSAGES } from './page-messages.ts';

/*
 * The English sentence for each code, by type, so that a bundle carries only what it can say. A
 * sentence may be reworded or translated; the code beside it stays.
 */

type PageCode = CodeOf<'integration_error'> | CodeOf<'load_error'>;

const PAGE_MESSAGES: Readonly<Record<PageCode, string>> = {
  ...INTEGRATION_MESSAGES,
  ...LOAD_MESSAGES,
  invalid_session: 'The session is not valid for this page.',
  session_expired: 'The session has expired; ask the backend for a new one.',
  origin_not_allowed: 'This page is not registered for the publishable key.',
  script_blocked: 'The script was blocked.',
  script_timeout: 'The script did not load in time.',
  font_failed: 'A font could not be loaded.',
  integrity_mismatch: 'A file does not match its published hash.',
};

export const VALIDATION_MESSAGES: Readonly<Record<CodeOf<'validation_error'>, string>> = {
  incomplete_number: 'Enter the whole card number.',
  invalid_number: 'Check the card number.',
  brand_not_supported: 'This card brand is not accepted here.',
  incomplete_expiry: 'Enter the expiry date.',
  invalid_expiry: 'Check the expiry date.',
  expired_card: 'This card has expired.',
  incomplete_cvc: 'Enter the security code.',
  invalid_cvc: 'Check the security code.',
  invalid_name: 'Check the name on the card.',
  invalid_postal_code: 'Check the postal code.',
  invalid_iban: 'Check the IBAN.',
  invalid_routing_number: 'Check the routing number.',
  invalid_account_number: 'Check the account number.',
  invalid_text: 'Check what you have entered.',
  required_field: 'This field is required.',
};

const REQUEST_MESSAGES: Readonly<Record<CodeOf<'request_error'>, string>> = {
  network_error: 'The payment service could not be reached.',
  timeout: 'The payment service did not answer in time.',
  aborted: 'The request was cancelled.',
  rate_limited: 'Too many attempts; wait a moment.',
  unauthorized: 'The key or ticket is not accepted.',
  idempotency_conflict: 'The same request was sent before with other contents.',
  focus_lost: 'Typing was interrupted by another part of the page.',
  invalid_request: 'The request is not understood.',
  not_found: 'There is nothing here under that id.',
};

const VAULT_MESSAGES: Readonly<Record<CodeOf<'vault_error'>, string>> = {
  token_expired: 'The token has expired.',
  policy_denied: 'The policy of this key does not allow that.',
  cvc_unavailable: 'The security code is no longer held.',
  service_unavailable: 'The payment service is not available right now.',
  forward_not_sent: 'Nothing was sent to the destination.',
  forward_unknown: 'It was sent, and whether the destination has acted on it is not known.',
};

/** The sentence for any code. */
export function messageOf(code: ErrorCode): string {
  const all: Readonly<Record<ErrorCode, string>> = {
    ...PAGE_MESSAGES,
    ...VALIDATION_MESSAGES,
    ...REQUEST_MESSAGES,
    ...VAULT_MESSAGES,
  };
  return all[code];
}
