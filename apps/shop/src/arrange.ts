import { Hushfield } from '@hushfield/node';
import { Gateway } from './charge/gateway.ts';
import type { Config } from './config.ts';
import type { GatewayKeys } from './keys.ts';
import type { Verify } from './routes/webhooks.ts';

/** Longer than a gateway may take twice; a shopper waits for it. */
const DEADLINE_MS = 20_000;
const RETRIES = 1;

/** What this shop charges through, and how it knows what the vault tells it; neither where it has no gateway. */
export type Arrangement = { readonly gateway?: Gateway; readonly hook?: Verify };

export function clientOf({ apiOrigin }: Config, key: string): Hushfield {
  return new Hushfield(key, {
    baseUrl: apiOrigin,
    timeoutMs: DEADLINE_MS,
    maxRetries: RETRIES,
  });
}

/**
 * Names the address for webhooks. A merchant does that once; this shop, which keeps nothing, does it at each start, in
 * the place of what the last one has left.
 */
export async function arrange(
  hushfield: Hushfield,
  config: Config,
  { destination, key }: GatewayKeys,
): Promise<Arrangement> {
  const gateway = new Gateway(clientOf(config, key), destination);
  const url = `http://localhost:${config.port}/webhooks`;
  const { data: endpoints } = await hushfield.webhooks.list();
  for (const { id } of endpoints.filter((each) => each.url === url))
    await hushfield.webhooks.delete(id);
  const made = await hushfield.webhooks.create({ url, events: ['*'] });
  const secret = 'secret' in made ? made.secret : undefined;
  return { gateway, hook: (body, headers) => hushfield.webhooks.verify(body, headers, secret) };
}
