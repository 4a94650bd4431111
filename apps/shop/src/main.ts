import { createShop } from './app.ts';
import { arrange, clientOf } from './arrange.ts';
import { readConfig } from './config.ts';
import { readGatewayKeys, readKeys } from './keys.ts';

const config = readConfig(process.env);
const keys = await readKeys(process.env, config.dataDir);
const hushfield = clientOf(config, keys.secretKey);
const gatewayKeys = await readGatewayKeys(process.env, config.dataDir);
const arranged = gatewayKeys ? await arrange(hushfield, config, gatewayKeys) : {};
const app = createShop({ ...config, ...keys }, hushfield, arranged);

await app.listen({ host: config.host, port: config.port });
process.stdout.write(`shop ready ${config.shopOrigin}\n`);

// Started over a channel, it ends with its starter, so that a killed starter leaves no orphan.
process.once('disconnect', () => void app.close());
process.channel?.unref();

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => void app.close());
}
