import { ApiKey } from '@hushfield/contract/api';
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

/*
 * What a key may hold is what the API can show of it: a key beyond that would stop every list it stands in,
 * and the frames it is for.
 */
const { label, scopes, addresses, origins } = ApiKey.shape;

/** A note for people, on one line. */
export const Line = z
  .string()
  .refine((text) => label.safeParse(text).success, 'is not one line of up to 100 characters');

export const Origin = z
  .string()
  .refine((text) => isOrigin(text) && origins.safeParse([text]).success, {
    error: 'is not an origin: scheme, host and port only',
    abort: true,
  });
export const ON_FIELDS_SITE = 'No page of a merchant may stand on the site of the fields.';

const AddressBlock = z
  .string()
  .refine((text) => isAddressBlock(text) && addresses.safeParse([text]).success, {
    error: 'is not an address or CIDR block',
    abort: true,
  });

const TOO_MANY = 'are more than a key can have';
export const Origins = z.array(Origin).refine((all) => origins.safeParse(all).success, TOO_MANY);
export const AddressBlocks = z
  .array(AddressBlock)
  .refine((all) => addresses.safeParse(all).success, TOO_MANY);
export const Scopes = z
  .array(z.enum(scopes.def.element.options))
  .refine((all) => scopes.safeParse(all).success, TOO_MANY);

function isOrigin(text: string): boolean {
  return URL.canParse(text) && new URL(text).origin === text;
}
