import { VALIDATION_MESSAGES } from '@hushfield/contract/errors';
import type { Texts } from './texts.ts';

export const en: Texts = {
  wholeTitle: 'Secure card fields',
  partTitle: 'Secure field',
  labels: {
    number: 'Card number',
    expiry: 'Expiry date',
    cvc: 'Security code',
    name: 'Name on card',
    postalCode: 'Postal code',
    iban: 'IBAN',
    routingNumber: 'Routing number',
    accountNumber: 'Account number',
    text: 'Confidential entry',
    shown: 'Confidential data',
  },
  expiryHint: 'MM / YY',
  // Those of the API: one code, one sentence.
  messages: VALIDATION_MESSAGES,
  failures: {
    network_error: 'The payment service could not be reached.',
    timeout: 'The payment service did not answer in time.',
    aborted: 'The request was cancelled.',
    rate_limited: 'Too many attempts; wait a moment.',
    focus_lost: 'Typing was interrupted by another part of the page.',
    policy_denied: 'This card cannot be used here.',
    session_expired: 'This page has been open too long; load it again.',
    service_unavailable: 'The payment service is not available right now.',
  },
  locked: 'Typing was interrupted. Reload the page.',
  copy: 'Copy',
  copied: 'Copied',
  hidden: 'Hidden',
};
