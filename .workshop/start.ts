/*
 * Runs the real thing: the vault on an embedded database (or DATABASE_URL) and an honest shop. One
 * line says when all is ready; Ctrl-C ends everything this started; data stays for the next start.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { createWriteStream, mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { NODE_FLAGS, ensureBuilt, root } from './built.ts';

const portBase = Number(process.env['PORT_BASE'] ?? 4400);
if (!Number.isInteger(portBase) || portBase < 1 || portBase > 65_530) {
  console.error('PORT_BASE must be a port number; five ports from it on are used.');
  process.exit(2);
}
const dataDir = resolve(root, process.env['HUSHFIELD_DATA_DIR'] ?? '.data');
const operate = `http://${process.env['OPERATE_HOST'] ?? '127.0.0.1'}:${process.env['OPERATE_PORT'] ?? portBase + 4}`;
const shopUrl = process.env['SHOP_ORIGIN'] ?? `http://localhost:${portBase}`;
const environment: NodeJS.ProcessEnv = {
  ...process.env,
  PORT_BASE: `${portBase}`,
  HUSHFIELD_DATA_DIR: dataDir,
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
  const [fields, api, pk, sk] = ['fields', 'api', 'pk', 'sk'].map((name) => facts.get(name) ?? '');
  // A merchant gets its own keys and the public addresses, and nothing of the vault's.
  const { DATABASE_URL: _url, HUSHFIELD_DATA_DIR: _dir, ...plain } = environment;
  const keys = { HUSHFIELD_PUBLISHABLE_KEY: pk, HUSHFIELD_SECRET_KEY: sk };
  const origins = { FIELDS_ORIGIN: fields, API_ORIGIN: api };
  run('shop', 'apps/shop/src/main.ts', { ...plain, ...keys, ...origins }, console.log);
  if (!(await answers(shopUrl)) || !(await answers(`${operate}/readyz`))) return end(1);
  console.log(`hushfield ready shop=${shopUrl} fields=${fields} api=${api} pk=${pk} sk=${sk}`);
  console.log(`Data and logs are in ${dataDir}. Ctrl-C ends everything.`);
}

mkdirSync(join(dataDir, 'logs'), { recursive: true, mode: 0o700 });
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => end(0));
ensureBuilt();
run('vault', 'apps/vault/dist/main.js', environment, (line) => void onVaultLine(line));
