/**
 * A condition for every statement that stores an envelope: its data key is not retired, nor the fingerprint
 * key that it was recognised with. Nodes hold keys in memory for minutes; the database is the one place
 * where a retirement takes effect at once, so that what was counted as sealed anew stays so.
 *
 * In parentheses, so that it is asked once and not for each row.
 *
 * @param tenant, dataKey, fingerprintKey - placeholders such as `$1`.
 */
export const KEYS_IN_FORCE = (
  tenant: `$${number}`,
  dataKey: `$${number}`,
  fingerprintKey: `$${number}` | 'NULL' = 'NULL',
) => `(SELECT keys_in_force(${tenant}::text, ${dataKey}::text, ${fingerprintKey}::int))`;
