import { mkdir, rename, writeFile } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { dirname } from 'node:path';
import { createGateway } from './app.ts';
import { makeCertificate } from './certificate.ts';
import { readConfig } from './config.ts';

const config = readConfig(process.env);
const certificate = await makeCertificate();
const app = createGateway({
  certificate,
  accounts: config.accounts,
  log: (line) => process.stdout.write(`${line}\n`),
});

// Under another name first: whoever waits for it never reads half of it.
await mkdir(dirname(config.caFile), { recursive: true, mode: 0o700 });
await writeFile(`${config.caFile}.new`, certificate.ca, { mode: 0o600 });
await rename(`${config.caFile}.new`, config.caFile);

await app.listen({ host: config.host, port: config.port });
const { port } = app.server.address() as AddressInfo;
process.stdout.write(
  `gateway double ready https://${config.host}:${port} (a double: it moves no money, and takes published test cards alone)\n`,
);

// Started over a channel, it ends with its starter, so that a killed starter leaves no orphan.
process.once('disconnect', () => void app.close());
process.channel?.unref();

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => void app.close());
}
