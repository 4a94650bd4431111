import { createPublicKey, verify } from 'node:crypto';
import { Webhook } from 'standardwebhooks';
import * as z from 'zod';
import type { TestVault } from './test-vault.ts';
import { ask } from './backend.ts';
import type { Told } from './receiver.ts';

const Made = z.object({ id: z.string(), secret: z.string(), publicKeys: z.array(z.string()) });
/** An endpoint with its secret. */
export type Made = z.infer<typeof Made>;

/** An endpoint of the development merchant's, or of another whose key it is. */
export async function endpointAt(
  it: TestVault,
  url: string,
  events: readonly string[] = ['*'],
  key = it.merchant.secretKey,
): Promise<Made> {
  const { body } = await ask(it, key, 'POST', '/v1/webhook_endpoints', { body: { url, events } });
  return Made.parse(body);
}

const CARD = { number: '4242424242424242', expMonth: 12, expYear: 2030 };

/** Acts with an event each: so many imported cards. Gives the ids of their events. */
export async function happen(
  it: TestVault,
  times = 1,
  key = it.merchant.secretKey,
): Promise<string[]> {
  const before = new Set(await eventIds(it));
  for (let n = 0; n < times; n += 1) await ask(it, key, 'POST', '/v1/tokens', { body: CARD });
  return (await eventIds(it)).filter((id) => !before.has(id));
}

async function eventIds({ vault }: TestVault): Promise<string[]> {
  const rows = await vault.sql.owner.query(
    "SELECT event_id FROM events WHERE type = 'token.imported' ORDER BY event_id",
  );
  return rows.map((row) => z.string().parse(row.event_id));
}

/** How an endpoint's deliveries stand. */
export async function states({ vault }: TestVault, endpoint: string): Promise<string[]> {
  const rows = await vault.sql.owner.query(
    'SELECT state FROM webhook_deliveries WHERE endpoint_id = $1 ORDER BY state',
    [endpoint],
  );
  return rows.map((row) => z.string().parse(row.state));
}

/** Whether both signatures of a request are good: that of the official library, and Ed25519 by hand. */
export function isSignedBoth(
  { headers, body }: Told,
  at: number,
  secret: string,
  publicKey: string,
): boolean {
  const now = Date.now;
  Date.now = () => at;
  try {
    new Webhook(secret).verify(body, headers as Record<string, string>);
  } catch {
    return false;
  } finally {
    Date.now = now;
  }
  const x = Buffer.from(publicKey.replace('whpk_', ''), 'base64').toString('base64url');
  const key = createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x }, format: 'jwk' });
  const signed = `${String(headers['webhook-id'])}.${String(headers['webhook-timestamp'])}.${body}`;
  return String(headers['webhook-signature'])
    .split(' ')
    .filter((each) => each.startsWith('v1a,'))
    .some((each) =>
      verify(null, Buffer.from(signed), key, Buffer.from(each.slice('v1a,'.length), 'base64')),
    );
}
