import { createShop } from './app.ts';
import { readConfig } from './config.ts';
import { readKeys } from './keys.ts';

const config = readConfig(process.env);
const keys = await readKeys(process.env, config.dataDir);
const app = createShop({ ...config, ...keys });

await app.listen({ host: config.host, port: config.port });
process.stdout.write(`shop ready ${config.shopOrigin}\n`);

// Started over a channel, it ends with its starter, so that a killed starter leaves no orphan.
process.once('disconnect', () => void app.close());
process.channel?.unref();

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => void app.close());
}
