/**
 * A condition for every statement that stores an envelope: its data key is not retired. Nodes hold keys
 * in memory for minutes; the database is the one place where a retirement takes effect at once, so that
 * what was counted as sealed anew stays so.
 *
 * @param tenant, dataKey - placeholders such as `$1`.
 */
export const KEY_IN_FORCE = (tenant: `$${number}`, dataKey: `$${number}`) =>
  `EXISTS (SELECT FROM data_keys WHERE data_keys.tenant = ${tenant}
     AND data_keys.data_key_id = ${dataKey} AND retired_at IS NULL)`;

/**
 * The same for a fingerprint key: none stands in a token that is below the number its tenant has come to.
 *
 * @param tenant, number - placeholders such as `$1`.
 */
export const FINGERPRINT_IN_FORCE = (tenant: `$${number}`, number: `$${number}`) =>
  `EXISTS (SELECT FROM tenants WHERE tenants.tenant = ${tenant}
     AND tenants.fingerprint_from <= ${number}::int)`;
