import * as z from 'zod/mini';

/** A merchant, as the vault calls it. */
export const TenantId = z.string().check(z.regex(/^ten_[0-9A-Za-z]{22}$/));

/** The merchant's own name for a shopper. Not an e-mail address, please: it stands in clear. */
export const Customer = z.string().check(z.regex(/^[A-Za-z0-9_.:@-]{1,64}$/));
