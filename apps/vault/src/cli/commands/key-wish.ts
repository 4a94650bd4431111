import * as z from 'zod';
import { isAddressBlock } from '../../tenants/allowed-address.ts';

/** A tenant's id. */
export const TenantId = z.string().regex(/^ten_[0-9A-Za-z]{22}$/, 'is not a tenant id');
/** The eight digits by which a key is known without being told. */
export const KeyId = z.string().regex(/^[0-9A-Za-z]{8}$/, 'is not a key id');

/** How long, as people write it: `90d`, `12h`, `30m`. In milliseconds. */
export const Duration = z
  .string()
  .regex(/^\d{1,4}[dhm]$/, 'is not a time like 90d, 12h or 30m')
  .transform((text) => Number.parseInt(text, 10) * (UNITS[text.at(-1) ?? ''] ?? 0));
const UNITS: Readonly<Record<string, number>> = { d: 86_400_000, h: 3_600_000, m: 60_000 };

export const Origin = z.string().refine(isOrigin, 'is not an origin: scheme, host and port only');
export const ON_FIELDS_SITE = 'No page of a merchant may stand on the site of the fields.';
export const AddressBlock = z.string().refine(isAddressBlock, 'is not an address or CIDR block');

function isOrigin(text: string): boolean {
  return URL.canParse(text) && new URL(text).origin === text && /^https?:/.test(text);
}
