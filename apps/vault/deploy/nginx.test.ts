import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process';
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { type IncomingMessage, request as plainly } from 'node:http';
import { request } from 'node:https';
import { once } from 'node:events';
import { createConnection } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect as connectTls } from 'node:tls';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { emptyDatabase, ENGINES, type TestDatabase } from '../test/engines.ts';
import { freeBase } from '../test/free-base.ts';
import { writeFakeDist } from '../test/fake-dist.ts';
import {
  type Deployment,
  done,
  type Merchant,
  merchantOf,
  type NodeProcess,
  serve,
  trade,
} from '../test/node-process.ts';

const HAS_NGINX = spawnSync('nginx', ['-v']).status === 0;
if (!HAS_NGINX) console.warn('nginx is not there: the recipe for a proxy is not tried.');

const [FIELDS, API] = ['fields.example.net', 'api.example.org'];
/** Used nowhere else, so that whatever is found came from here. */
const CANARY = '4242424250607084';
const IFRAME = { 'sec-fetch-dest': 'iframe' };

type Answer = {
  readonly status: number;
  readonly headers: readonly string[];
  readonly body: string;
};
type Asked = {
  readonly host: string;
  readonly path: string;
  readonly method?: string;
  readonly headers?: Record<string, string>;
  readonly body?: string;
  /** Where the client is. */
  readonly from?: string;
};

/* The kit's own file in a real server, with certificates of this test, in front of real nodes. */
describe.runIf(HAS_NGINX && ENGINES.includes('postgres'))(
  'behind the proxy of the recipe',
  { timeout: 60_000 },
  () => {
    const home = mkdtempSync(join(tmpdir(), 'hushfield-nginx-'));
    let it: TestDatabase;
    let proxy: ChildProcess;
    let port: number;
    let deployment: Deployment;
    let node: NodeProcess;
    let merchant: Merchant;
    const keys: Record<string, string> = {};

    beforeAll(async () => {
      it = await emptyDatabase('postgres');
      const { fieldsDist, sdkDist } = writeFakeDist(join(home, 'dist'));
      const environment = {
        HUSHFIELD_DATA_DIR: join(home, 'data'),
        DATABASE_URL: it.url ?? '',
        FIELDS_DIST: fieldsDist,
        SDK_DIST: sdkDist,
        FIELDS_ORIGIN: `https://${FIELDS}`,
        API_ORIGIN: `https://${API}`,
        SHOP_ORIGIN: 'https://www.shop.example',
        TRUST_PROXY: '127.0.0.1',
      };
      deployment = { environment };
      done(deployment, 'migrate');
      merchant = merchantOf(deployment);
      for (const from of ['127.0.0.2', '203.0.113.9']) {
        const line = `key create --tenant ${merchant.tenant} --kind rk --scope tokens:read --from ${from}`;
        keys[from] = String(done(deployment, line)['key']);
      }
      node = await serve(deployment);
      port = await freeBase();
      proxy = await startProxy();
    }, 60_000);
    afterAll(async () => {
      proxy.kill('SIGTERM');
      await node.end();
      await it.drop();
      rmSync(home, { recursive: true, force: true });
    });

    async function startProxy(): Promise<ChildProcess> {
      // Its workers are another user, who passes through here.
      chmodSync(home, 0o755);
      for (const folder of ['tls', 'log', 'temp', 'conf.d', 'snippets'])
        mkdirSync(join(home, folder));
      for (const [name, host] of [
        ['fields', FIELDS],
        ['api', API],
      ])
        certify(join(home, 'tls', `${name}`), `${host}`);
      put('nginx.conf', 'conf.d/hushfield.conf');
      put('nginx-server.conf', 'snippets/hushfield.conf');
      const temps = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
        (what) => `${what}_temp_path ${join(home, 'temp', what)};`,
      );
      writeFileSync(
        join(home, 'nginx.conf'),
        `daemon off; pid ${join(home, 'pid')}; events {}\nhttp {\n${temps.join('\n')}\n${stock()}\n}\n`,
      );
      const child = spawn('nginx', [
        '-p',
        home,
        '-c',
        join(home, 'nginx.conf'),
        '-e',
        join(home, 'log/start'),
      ]);
      let said = '';
      child.stderr.on('data', (data) => (said += String(data)));
      for (let tries = 0; tries < 100; tries++) {
        if (child.exitCode !== null) throw new Error(said);
        if (await listens(port)) return child;
        await sleep(50);
      }
      throw new Error(said);
    }

    /** Where the kit says it goes. */
    function put(name: string, place: string): void {
      const text = readFileSync(join(import.meta.dirname, name), 'utf8')
        .replaceAll('/etc/hushfield/tls', join(home, 'tls'))
        .replaceAll('/var/log/nginx', join(home, 'log'))
        .replaceAll('/etc/nginx', home)
        .replaceAll('listen 443', `listen 127.0.0.1:${port}`)
        .replace('127.0.0.1:4421', new URL(node.fields).host)
        // A second one that fails in a way of its own, which is told on a higher level.
        .replace(
          /127\.0\.0\.1:4412.*/,
          `${new URL(node.api).host}; server unix:${home}/gone backup;`,
        );
      writeFileSync(join(home, place), text);
    }

    /** What a distribution's own file says before it comes to ours: Debian 12. */
    const stock = () => `
      sendfile on; tcp_nopush on; types_hash_max_size 2048; default_type application/octet-stream;
      ssl_protocols TLSv1 TLSv1.1 TLSv1.2 TLSv1.3;
      ssl_prefer_server_ciphers on;
      access_log ${join(home, 'log/access')};
      gzip on;
      include ${home}/conf.d/*.conf;`;

    const ask = ({ host, path, method = 'GET', headers = {}, body, from = '127.0.0.1' }: Asked) =>
      new Promise<Answer>((resolve, reject) => {
        const ca = ['fields', 'api'].map((name) => readFileSync(join(home, 'tls', `${name}.crt`)));
        const address = { host: '127.0.0.1', port, localAddress: from, servername: host, ca };
        const options = { ...address, path, method, headers: { host, ...headers }, agent: false };
        request(options, (message) => resolve(read(message)))
          .once('error', reject)
          .end(body);
      });
    const list = (key: string, more: Partial<Asked> = {}) =>
      ask({
        ...{ host: API, path: '/v1/tokens?customer=c-1' },
        ...more,
        headers: { authorization: `Bearer ${keys[key]}`, ...more.headers },
      });

    test('frames and API answer on their own names alone, and each header once', async () => {
      const path = `/f1/${merchant.pk}/field`;
      const framed = await ask({
        host: FIELDS,
        path,
        headers: { ...IFRAME, 'accept-encoding': 'br' },
      });
      expect(framed.status).toBe(200);
      const names = framed.headers
        .filter((_, index) => index % 2 === 0)
        .map((name) => name.toLowerCase());
      expect(names).toHaveLength(new Set(names).size);
      expect(names).toEqual(
        expect.arrayContaining([
          'strict-transport-security',
          'content-security-policy',
          'content-encoding',
          'x-request-id',
        ]),
      );
      expect((await ask({ host: FIELDS, path })).status).toBe(403);
      expect((await ask({ host: API, path, headers: IFRAME })).status).toBe(404);
      expect((await ask({ host: API, path: '/v1/keys/manifest' })).status).toBe(200);
      expect((await ask({ host: FIELDS, path: '/v1/keys/manifest' })).status).toBe(404);
      await expect(ask({ host: 'www.shop.example', path })).rejects.toThrow(
        /alert|handshake|unrecognized/i,
      );
      for (const path of ['/metrics', '/readyz'])
        for (const host of [FIELDS, API])
          expect((await ask({ host, path: `${path}x` })).status).toBe(404);
    });

    test.each(['TLSv1', 'TLSv1.1'] as const)('nobody comes in by %s', async (maxVersion) => {
      const old = { minVersion: 'TLSv1', maxVersion, ciphers: 'ALL:@SECLEVEL=0' } as const;
      const socket = connectTls({ host: '127.0.0.1', port, servername: API, ...old });
      const [error] = await once(socket, 'error');
      expect(String(error)).toContain('alert');
    });

    test('a card is traded as it is without', async () => {
      const through = async (url: string, init: RequestInit = {}) => {
        const { host, pathname, search } = new URL(url);
        const headers = Object.fromEntries(new Headers(init.headers));
        const answer = await ask({
          ...{ host, path: pathname + search, method: init.method ?? 'GET', headers },
          ...(typeof init.body === 'string' ? { body: init.body } : {}),
        });
        return new Response(answer.body, { status: answer.status });
      };
      const way = {
        fields: `https://${FIELDS}`,
        api: `https://${API}`,
        fieldsOrigin: `https://${FIELDS}`,
        fetch: through,
      };
      expect(await trade(way, merchant.pk)).toMatchObject({
        ok: true,
        token: { card: { last4: '4242' } },
      });
    });

    test('a client is known by where it is, and not by what it says of itself', async () => {
      const claims = {
        'x-forwarded-for': '203.0.113.9',
        forwarded: 'for=203.0.113.9',
        'x-real-ip': '203.0.113.9',
      };
      expect((await list('203.0.113.9', { headers: claims })).status).toBe(401);
      expect((await list('127.0.0.2', { from: '127.0.0.2' })).status).toBe(200);
      expect(
        (await list('127.0.0.2', { headers: { 'x-forwarded-for': '127.0.0.2' } })).status,
      ).toBe(401);
      // Past the proxy, from an address that is not its own, the word of a client is none either.
      const direct = (localAddress: string) =>
        new Promise<number | undefined>((resolve, reject) => {
          const headers = {
            authorization: `Bearer ${keys['127.0.0.2']}`,
            'x-forwarded-for': '127.0.0.2',
          };
          plainly(
            `${node.api}/v1/tokens?customer=c-1`,
            { localAddress, headers, agent: false },
            (message) => resolve(message.resume().statusCode),
          )
            .once('error', reject)
            .end();
        });
      expect([await direct('127.0.0.3'), await direct('127.0.0.1')]).toStrictEqual([401, 200]);
    });

    test('what is too large, or comes while no node is there, is refused and leaves nothing on the disk', async () => {
      const body = JSON.stringify({ number: CANARY, expMonth: 12, expYear: 2030 });
      const headers = {
        'content-type': 'application/json',
        cookie: CANARY,
        'user-agent': CANARY,
        referer: CANARY,
      };
      const spoken = { host: API, path: `/v1/${CANARY}?number=${CANARY}`, method: 'POST', headers };
      const statuses: number[] = [];
      const large = body + ' '.repeat(70_000);
      for (const each of [body, body + ' '.repeat(60_000), large]) {
        const length = { 'content-length': String(each.length) };
        const answer = await ask({ ...spoken, headers: { ...headers, ...length }, body: each });
        statuses.push(answer.status);
      }
      expect(statuses.map((status) => status >= 400)).toStrictEqual([true, true, true]);
      expect(statuses.at(-1)).toBe(413);
      await node.end();
      expect((await ask({ ...spoken, body })).status).toBe(502);
      // A line is written when its answer is.
      await sleep(500);
      const files = readdirSync(home, { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile() && /\/(log|temp)/.test(entry.parentPath))
        .map((entry) => readFileSync(join(entry.parentPath, entry.name), 'latin1'));
      expect(files.filter((text) => text.includes(CANARY))).toStrictEqual([]);
      // It has told of them all the same.
      expect(files.join('')).toMatch(new RegExp(`${API} POST 413 `));
      expect(files.join('')).toMatch(new RegExp(`${API} POST 502 `));
    });
  },
);

function certify(path: string, host: string): void {
  const pair = ['-keyout', `${path}.key`, '-out', `${path}.crt`];
  const kind = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '2'];
  const names = ['-subj', `/CN=${host}`, '-addext', `subjectAltName=DNS:${host}`];
  execFileSync('openssl', ['req', '-x509', ...kind, ...pair, ...names], { stdio: 'ignore' });
}

function listens(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = createConnection(port, '127.0.0.1');
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
    socket.once('connect', () => socket.destroy());
  });
}

async function read(message: IncomingMessage): Promise<Answer> {
  const parts: Buffer[] = [];
  for await (const part of message) parts.push(Buffer.from(part));
  const { statusCode: status = 0, rawHeaders: headers } = message;
  return { status, headers, body: Buffer.concat(parts).toString('utf8') };
}
