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

async function make<T>({ vaultApi, keys }: Deployment, path: string, body: object): Promise<T> {
  const response = await fetch(`${vaultApi}${path}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${keys.secretKey}`, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  if (response.status !== 201) throw new Error(`${path} answered ${response.status}`);
  return response.json();
}

export type MadeSession = { readonly session: string; readonly expiresAt: string };

/** Makes a session as a merchant's backend does. */
export function newSession(deployment: Deployment, wish: object): Promise<MadeSession> {
  return make(deployment, '/v1/sessions', wish);
}

/** Another publishable key of the merchant's. */
export async function publishableKey(deployment: Deployment, wish: object): Promise<string> {
  const body = { kind: 'publishable', ...wish };
  return (await make<{ key: string }>(deployment, '/v1/api_keys', body)).key;
}

/** Imports a card, as a backend that has it already; its token's id. */
export async function importToken(deployment: Deployment, card: object): Promise<string> {
  return (await make<{ id: string }>(deployment, '/v1/tokens', card)).id;
}

/** Lets a page show what a token stands for, once; with a key that may. */
export async function newGrant(
  { vaultApi }: Deployment,
  secretKey: string,
  wish: object,
): Promise<string> {
  const response = await fetch(`${vaultApi}/v1/grants`, {
    method: 'POST',
    headers: { authorization: `Bearer ${secretKey}`, 'content-type': 'application/json' },
    body: JSON.stringify(wish),
  });
  if (response.status !== 201) throw new Error(`/v1/grants answered ${response.status}`);
  return ((await response.json()) as { grant: string }).grant;
}
