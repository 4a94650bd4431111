/**
 * Until when there is a security code, beside a token `t` that is read for a backend: of codes, the role
 * may see no more.
 *
 * @param now - a placeholder such as `$1`: what is over and not purged yet is not there.
 */
export const WITH_CODE = (now: `$${number}`) =>
  `LEFT JOIN security_codes code ON code.tenant = t.tenant AND code.token_id = t.token_id
     AND code.expires_at > ${now}`;
export const CODE_END = 'code.expires_at AS cvc_expires_at';
