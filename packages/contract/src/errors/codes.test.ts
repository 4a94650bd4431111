import { expect, it } from 'vitest';
import { ERROR_CODES, ErrorShape } from './codes.ts';
import { errorOf } from './error-of.ts';

it('keeps every code that was ever published, in its place', () => {
  expect(ERROR_CODES.join(' ')).toBe(
    'element_not_found element_already_mounted element_destroyed invalid_option invalid_session session_expired origin_not_allowed browser_unsupported insecure_context version_mismatch script_blocked script_timeout frame_timeout frame_blocked_csp container_not_in_dom font_failed integrity_mismatch incomplete_number invalid_number brand_not_supported incomplete_expiry invalid_expiry expired_card incomplete_cvc invalid_cvc invalid_name invalid_postal_code invalid_iban invalid_routing_number invalid_account_number invalid_text required_field network_error timeout aborted rate_limited unauthorized idempotency_conflict focus_lost invalid_request not_found token_expired policy_denied cvc_unavailable service_unavailable forward_not_sent forward_unknown',
  );
});

it.each(ERROR_CODES)('builds a whole error of %s', (code) => {
  const error = errorOf(code, { field: 'number', requestId: 'req_1' });
  expect(ErrorShape.parse(error)).toStrictEqual(error);
  expect(error.message.length).toBeGreaterThan(10);
});
