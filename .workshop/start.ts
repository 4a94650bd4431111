/*
 * Runs the real thing: the vault on an embedded database (or DATABASE_URL) and an honest shop, and a double of a
 * gateway for it to charge. One line says when all is ready; Ctrl-C ends everything this started; data stays
 * for the next start.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { createWriteStream, mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { NODE_FLAGS, ensureBuilt, root } from './built.ts';

const portBase = Number(process.env['PORT_BASE'] ?? 4400);
if (!Number.isInteger(portBase) || portBase < 1 || portBase > 65_530) {
  console.error('PORT_BASE must be a port number; six ports from it on are used.');
  process.exit(2);
}
const dataDir = resolve(root, process.env['HUSHFIELD_DATA_DIR'] ?? '.data');
const operate = `http://${process.env['OPERATE_HOST'] ?? '127.0.0.1'}:${process.env['OPERATE_PORT'] ?? portBase + 4}`;
const shopUrl = process.env['SHOP_ORIGIN'] ?? `http://localhost:${portBase}`;
const gateway = {
  port: process.env['GATEWAY_PORT'] ?? `${portBase + 5}`,
  // Nothing is behind it for longer than this run.
  key: randomBytes(24).toString('base64url'),
  caFile: join(dataDir, 'gateway-ca.pem'),
  destinationFile: join(dataDir, 'gateway-destination.json'),
};
const gatewayOrigin = `https://localhost:${gateway.port}`;
/** What is let through beside what whoever starts it has named. */
const andMine = (name: string, own: string) => [process.env[name], own].filter(Boolean).join(',');
const environment: NodeJS.ProcessEnv = {
  ...process.env,
  PORT_BASE: `${portBase}`,
  HUSHFIELD_DATA_DIR: dataDir,
  DEVELOPMENT_DESTINATION_FILE: gateway.destinationFile,
  EGRESS_CA_FILE: gateway.caFile,
  // The two places on this machine that the vault may call: where the shop charges, and where it is told of things.
  EGRESS_ALLOWED_ORIGINS: andMine('EGRESS_ALLOWED_ORIGINS', gatewayOrigin),
  EGRESS_WEBHOOK_ORIGINS: andMine('EGRESS_WEBHOOK_ORIGINS', `http://localhost:${portBase}`),
};

const children = new Set<ChildProcess>();
let ending = false;

/** Ends what is left, and with it this process once the last child is gone. */
function end(code: number): void {
  if (ending) return;
  ending = true;
  process.exitCode = code;
  for (const child of children) child.kill('SIGTERM');
}

/** Starts one server; its log goes to a file, its plain lines and errors to the terminal. */
function run(name: string, file: string, env: NodeJS.ProcessEnv, onLine: (line: string) => void) {
  const child = spawn(process.execPath, [...NODE_FLAGS, join(root, file)], {
    cwd: root,
    env,
    // The channel carries nothing; its end tells the child that this process is gone, however it went.
    stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
    // In a group of its own, Ctrl-C does not reach it a second time, past its orderly end.
    detached: true,
  });
  children.add(child);
  const log = createWriteStream(join(dataDir, 'logs', `${name}.log`), { flags: 'a', mode: 0o600 });
  createInterface({ input: child.stdout as NodeJS.ReadableStream }).on('line', (line) => {
    // The one line with the development secret key is for the terminal, not for a file.
    if (line.startsWith('{')) log.write(`${line}\n`);
    else onLine(line);
  });
  child.on('exit', (code) => {
    children.delete(child);
    log.end();
    if (!ending) console.error(`The ${name} ended by itself (code ${code}); stopping the rest.`);
    end(code ?? 1);
  });
}

async function answers(url: string): Promise<boolean> {
  for (let tries = 0; tries < 300 && !ending; tries += 1) {
    const response = await fetch(url).catch(() => undefined);
    if (response?.ok) return true;
    await new Promise((done) => setTimeout(done, 100));
  }
  return false;
}

function parseReady(line: string): URLSearchParams | undefined {
  if (!line.startsWith('vault ready ')) return undefined;
  return new URLSearchParams(line.slice('vault ready '.length).replaceAll(' ', '&'));
}

async function onVaultLine(line: string): Promise<void> {
  const facts = parseReady(line);
  if (!facts) return console.log(line);
  const fact = (name: string) => facts.get(name) ?? '';
  const [fields, api, pk, sk] = ['fields', 'api', 'pk', 'sk'].map(fact);
  // A merchant gets its own keys and the public addresses, and nothing of the vault's.
  const { DATABASE_URL: _url, HUSHFIELD_DATA_DIR: _dir, ...plain } = environment;
  const keys = { HUSHFIELD_PUBLISHABLE_KEY: pk, HUSHFIELD_SECRET_KEY: sk };
  const origins = { FIELDS_ORIGIN: fields, API_ORIGIN: api };
  const charging = { HUSHFIELD_DESTINATION: fact('dst'), HUSHFIELD_FORWARD_KEY: fact('rk') };
  run('shop', 'apps/shop/src/main.ts', { ...plain, ...keys, ...origins, ...charging }, console.log);
  if (!(await answers(shopUrl)) || !(await answers(`${operate}/readyz`))) return end(1);
  console.log(
    `hushfield ready shop=${shopUrl} fields=${fields} api=${api} gateway=${gatewayOrigin} pk=${pk} sk=${sk}`,
  );
  console.log('The gateway is a double: the shop charges through it, and no money moves.');
  console.log(`Data and logs are in ${dataDir}. Ctrl-C ends everything.`);
}

/** The vault reads at its start whom it may trust, so it comes after the double, which says so in its first line. */
function startGateway(): void {
  const { PATH, HOME } = process.env;
  const env = {
    ...{ PATH, HOME },
    GATEWAY_PORT: gateway.port,
    GATEWAY_CA_FILE: gateway.caFile,
    GATEWAY_DESTINATION_FILE: gateway.destinationFile,
    GATEWAY_ACCOUNTS: `shop:${gateway.key}`,
  };
  run('gateway', 'apps/gateway-double/src/main.ts', env, (line) => {
    console.log(line);
    if (!line.startsWith('gateway double ready ')) return;
    run('vault', 'apps/vault/dist/main.js', environment, (said) => void onVaultLine(said));
  });
}

mkdirSync(join(dataDir, 'logs'), { recursive: true, mode: 0o700 });
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => end(0));
ensureBuilt();
startGateway();
