import * as z from 'zod';

/** What the shop needs of a token. The vault's answer may hold more: it grows with versions. */
const Token = z.object({
  id: z.string(),
  card: z.object({
    brand: z.string(),
    last4: z.string().regex(/^\d{4}$/),
    expMonth: z.int(),
    expYear: z.int(),
  }),
});
export type Token = z.infer<typeof Token>;

const DEADLINE_MS = 10_000;

/**
 * Reads a token back with the secret key: what a page claims about a card counts for nothing.
 *
 * @returns undefined when the vault knows no such token of this merchant.
 * @throws Error when the vault does not answer.
 */
export async function readToken(
  vault: { readonly apiOrigin: string; readonly secretKey: string },
  id: string,
): Promise<Token | undefined> {
  const response = await fetch(`${vault.apiOrigin}/v1/tokens/${encodeURIComponent(id)}`, {
    headers: { authorization: `Bearer ${vault.secretKey}` },
    signal: AbortSignal.timeout(DEADLINE_MS),
    redirect: 'error',
  });
  if (response.status === 404) return undefined;
  if (!response.ok) throw new Error(`The vault answered ${response.status}.`);
  return Token.parse(await response.json());
}
