/**
 * Until when there is a security code, of a token `t` that is read for a backend: of codes, the role may
 * see no more. What is over and not purged yet is not there.
 *
 * A lookup by its key for each token that is told of. As a join, with the time as a condition, the planner
 * could take the table for as good as empty: an hour after it was last analysed, every code that was there
 * then is over.
 *
 * @param now - a placeholder such as `$1`.
 */
export const CODE_END = (now: `$${number}`) =>
  `(SELECT CASE WHEN code.expires_at > ${now} THEN code.expires_at END FROM security_codes code
    WHERE code.tenant = t.tenant AND code.token_id = t.token_id) AS cvc_expires_at`;
