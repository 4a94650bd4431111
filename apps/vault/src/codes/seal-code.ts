import { type EnvelopeContext, sealEnvelope } from '@hushfield/crypto/envelope';
import type { CodeKeys } from './code-keys.ts';

const SCHEMA_VERSION = 1;
const LIFE_MS = 60 * 60 * 1000;

/** A security code as it is stored. */
export type SealedCode = {
  readonly envelope: Uint8Array;
  readonly codeKeyId: string;
  readonly expiresAt: Date;
};

/** Where a code's envelope lies; it opens nowhere else, and under no other key. */
export function codePlace(tenant: string, tokenId: string): EnvelopeContext {
  return {
    table: 'security_codes',
    column: 'envelope',
    tenant,
    record: tokenId,
    class: 'cvc',
    schemaVersion: SCHEMA_VERSION,
  };
}

/** Seals a judged security code for its token, for an hour or until its key ends. */
export async function sealCode(
  codeKeys: CodeKeys,
  { tenant, tokenId }: { readonly tenant: string; readonly tokenId: string },
  code: string,
  now: number,
): Promise<SealedCode> {
  const codeKey = await codeKeys.current();
  const secret = Buffer.from(code);
  try {
    return {
      envelope: sealEnvelope(codeKey, codePlace(tenant, tokenId), secret),
      codeKeyId: codeKey.id,
      expiresAt: new Date(Math.min(now + LIFE_MS, codeKey.endsAt)),
    };
  } finally {
    secret.fill(0);
  }
}
