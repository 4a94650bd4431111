import type { Deployment } from './deployment.ts';

/** Reads a token as a merchant's backend does. */
export async function readToken(
  { vaultApi, keys }: Deployment,
  id: string,
): Promise<{ status: number; body: Record<string, unknown> }> {
  const response = await fetch(`${vaultApi}/v1/tokens/${id}`, {
    headers: { authorization: `Bearer ${keys.secretKey}` },
  });
  return { status: response.status, body: await response.json() };
}
