import { mkdir, rename, writeFile } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { dirname } from 'node:path';
import { createGateway } from './app.ts';
import { makeCertificate } from './certificate.ts';
import { readConfig } from './config.ts';
import { destinationFor, formDestinationFor } from './destination.ts';

const config = readConfig(process.env);
const certificate = await makeCertificate();
const app = createGateway({
  certificate,
  accounts: config.accounts,
  log: (line) => process.stdout.write(`${line}\n`),
});

await publish(config.caFile, certificate.ca);

await app.listen({ host: config.host, port: config.port }).catch((error: NodeJS.ErrnoException) => {
  if (error.code !== 'EADDRINUSE') throw error;
  process.stderr.write(
    `Port ${config.port} is in use by another program; set GATEWAY_PORT, or PORT_BASE to move all ports.\n`,
  );
  process.exit(1);
});
const { port } = app.server.address() as AddressInfo;
const [account] = config.accounts;
for (const [file, told] of [
  [config.destinationFile, destinationFor],
  [config.formDestinationFile, formDestinationFor],
] as const)
  if (file !== undefined && account)
    await publish(file, JSON.stringify(told(config.host, port, account)));
process.stdout.write(
  `gateway double ready https://${config.host}:${port} (a double: it moves no money, and takes published test cards alone)\n`,
);

// Started over a channel, it ends with its starter, so that a killed starter leaves no orphan.
process.once('disconnect', () => void app.close());
process.channel?.unref();

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => void app.close());
}

/** Under another name first: whoever waits for it never reads half of it. */
async function publish(file: string, text: string): Promise<void> {
  await mkdir(dirname(file), { recursive: true, mode: 0o700 });
  await writeFile(`${file}.new`, text, { mode: 0o600 });
  await rename(`${file}.new`, file);
}
