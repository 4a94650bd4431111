import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { ControllerBoot } from '@hushfield/contract/boot';
import { ManifestBundle, type ReplyPlaintext } from '@hushfield/contract/http';
import { nativeEd25519, verifyManifest } from '@hushfield/crypto/seal';
import { BARE } from './bare-environment.ts';
import { freeBase } from './free-base.ts';
import { GOOD, openReply, sealFor } from './sealed-request.ts';

export const SHOP = 'https://www.shop.example';
const MAIN = join(import.meta.dirname, '../src/cli/main.ts');

/** Where a deployment's processes find what they need. */
export type Deployment = {
  readonly environment: Readonly<Record<string, string>>;
  /** The command line that is run; the one of these sources without. */
  readonly main?: string;
};

/** A serving process, as an operator starts it. */
export type NodeProcess = {
  readonly child: ChildProcess;
  readonly fields: string;
  readonly api: string;
  output(): string;
  /** Ends it in order, or at once. Gives its exit code. */
  end(signal?: NodeJS.Signals): Promise<number | null>;
};

/** Runs one command to its end. */
export function hushfield({ environment, main = MAIN }: Deployment, line: string, input = '') {
  const words = [main, ...line.split(' '), '--json'];
  const env = { ...BARE, ...environment };
  return spawnSync(process.execPath, words, { env, input, encoding: 'utf8' });
}

/** The same for one that must succeed. @throws Error with what it said. */
export function done(deployment: Deployment, line: string): Record<string, unknown> {
  const { status, stdout, stderr } = hushfield(deployment, line);
  if (status !== 0) throw new Error(`hushfield ${line}: ${stderr}${stdout}`);
  return JSON.parse(stdout);
}

/** Starts a node on free ports. @throws Error with what it said when it does not come to serve. */
export async function serve(
  deployment: Deployment,
  roles = 'api,fields,worker',
): Promise<NodeProcess> {
  const base = await freeBase();
  const { environment, main = MAIN } = deployment;
  const env = { ...BARE, ...environment, PORT_BASE: String(base) };
  const child = spawn(process.execPath, [main, 'serve', '--role', roles], { env });
  let text = '';
  const exited = new Promise<number | null>((resolve) => child.once('exit', resolve));
  await new Promise<void>((resolve, reject) => {
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (data) => {
        text += String(data);
        if (/^serving/m.test(text)) resolve();
      });
    child.once('exit', () => reject(new Error(`does not serve: ${text}`)));
  });
  return {
    child,
    fields: `http://127.0.0.1:${base + 1}`,
    api: `http://127.0.0.1:${base + 2}`,
    output: () => text,
    end(signal = 'SIGTERM') {
      child.kill(signal);
      return exited;
    },
  };
}

export type Merchant = { readonly tenant: string; readonly pk: string; readonly sk: string };

/** A tenant with both keys, made by commands. */
export function merchantOf(deployment: Deployment): Merchant {
  const tenant = String(done(deployment, 'tenant create --name Shop')['tenant']);
  const key = (line: string) =>
    String(done(deployment, `key create --tenant ${tenant} ${line}`)['key']);
  const scopes = ['read', 'reveal', 'write', 'delete'].map((each) => `--scope tokens:${each}`);
  return {
    tenant,
    pk: key(`--kind pk --origin ${SHOP}`),
    sk: key(`--kind rk ${scopes.join(' ')}`),
  };
}

/** The fields of one node, the API of one, and the origin that the API knows its frames by. */
export type Way = {
  readonly fields: string;
  readonly api: string;
  readonly fieldsOrigin: string;
  /** How one gets there, where that is not by the names as they stand. */
  readonly fetch?: (url: string, init?: RequestInit) => Promise<Response>;
};

/** Loads a controller document and trades a card over the wire, as a frame does. */
export async function trade(way: Way, pk: string, card: object = GOOD): Promise<ReplyPlaintext> {
  const { boot, key } = await openFrame(way, pk);
  const { body, sealed } = await sealFor(
    { ticket: boot.ticket, parentOrigin: SHOP, key },
    { card },
  );
  const answer = await (way.fetch ?? fetch)(`${way.api}/v1/tokenize`, {
    method: 'POST',
    headers: { origin: way.fieldsOrigin, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  const text = await answer.text();
  if (answer.status !== 200) throw new Error(`answered ${answer.status}: ${text}`);
  return openReply(sealed, text);
}

/** The same, for what must be taken. @throws Error when it is not. */
export async function take(way: Way, pk: string, card: object = GOOD): Promise<string> {
  const reply = await trade(way, pk, card);
  if (!reply.ok) throw new Error(`refused: ${reply.error.code}`);
  if (reply.token === undefined) throw new Error('no token');
  return reply.token.id;
}

async function openFrame({ fields, api, fetch: ask = fetch }: Way, pk: string) {
  const page = await ask(`${fields}/f1/${pk}/controller`, {
    headers: { 'sec-fetch-dest': 'iframe' },
  });
  const [, json = '{}'] = /id="boot">(.*?)<\/script>/.exec(await page.text()) ?? [];
  const boot = ControllerBoot.parse(JSON.parse(json));
  const list = await ask(`${api}/v1/keys/manifest`);
  const verify = await nativeEd25519();
  if (verify === undefined) throw new Error('no Ed25519');
  const trust = {
    rootPublicKey: Uint8Array.from(Buffer.from(boot.root, 'base64url')),
    env: boot.mode,
    minSeq: boot.minSeq,
    now: boot.now,
  };
  const key = await verifyManifest(ManifestBundle.parse(await list.json()), trust, verify);
  return { boot, key };
}

/** Asks one node as a backend does. */
export async function ask(api: string, sk: string, line: string, body?: object) {
  const [method = 'GET', path = '/'] = line.split(' ');
  const answer = await fetch(`${api}${path}`, {
    method,
    headers: {
      authorization: `Bearer ${sk}`,
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await answer.text();
  return { status: answer.status, body: text === '' ? {} : JSON.parse(text) };
}
