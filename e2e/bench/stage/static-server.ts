import { createHash } from 'node:crypto';
import { createServer, get, type IncomingHttpHeaders, type RequestListener } from 'node:http';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';
import { BARE_FRAME, BARE_SCRIPT } from './pages.ts';
import type { Resources } from '../resources.ts';

type Served = { readonly body: Buffer; readonly headers: Readonly<Record<string, string>> };

/** Written anew by whoever serves. */
const OWN = new Set([
  'connection',
  'content-encoding',
  'content-length',
  'content-security-policy',
  'date',
  'keep-alive',
  'transfer-encoding',
  'x-request-id',
]);

/** The headers the vault gives for `url`, as a browser asks for it. */
function headersAt(url: string): Promise<IncomingHttpHeaders> {
  const headers = { 'sec-fetch-dest': 'iframe', 'accept-encoding': 'gzip, deflate, br' };
  return new Promise((resolve, reject) => {
    get(url, { headers }, (response) => {
      response.resume();
      response.on('end', () => resolve(response.headers));
    }).on('error', reject);
  });
}

function compressed(text: string, encoding: string | undefined): Buffer {
  const quality = { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } };
  if (encoding === 'br') return brotliCompressSync(text, quality);
  return encoding === 'gzip' ? gzipSync(text) : Buffer.from(text);
}

/** Serves `text` as the vault serves what is at `url`: same caching, same policies, same coding. */
async function like(url: string, text: string, script: string): Promise<Served> {
  const theirs = await headersAt(url);
  const kept = Object.entries(theirs).filter(([name]) => !OWN.has(name));
  const hash = createHash('sha256').update(script).digest('base64');
  const policy = String(theirs['content-security-policy'] ?? '');
  const encoding = theirs['content-encoding'];
  const body = compressed(text, encoding);
  return {
    body,
    headers: {
      ...Object.fromEntries(kept.map(([name, value]) => [name, String(value)])),
      'content-security-policy': policy.replace(/script-src [^;]*/, `script-src 'sha256-${hash}'`),
      'content-length': `${body.length}`,
      ...(encoding === undefined ? {} : { 'content-encoding': encoding }),
    },
  };
}

/** What the floors load in place of the SDK and a field, dressed as the vault dresses those. */
export async function floorFiles(fields: string, pk: string): Promise<ReadonlyMap<string, Served>> {
  return new Map([
    ['/bare', await like(`${fields}/f1/${pk}/field`, BARE_FRAME, BARE_SCRIPT)],
    ['/one-byte.js', await like(`${fields}/sdk/v1/hushfield.js`, ';', '')],
  ]);
}

export function pageFiles(pages: ReadonlyMap<string, string>): ReadonlyMap<string, Served> {
  const headers = { 'content-type': 'text/html; charset=utf-8', 'cache-control': 'no-store' };
  return new Map([...pages].map(([path, html]) => [path, { body: Buffer.from(html), headers }]));
}

/** Serves files from memory over plain HTTP/1.1 with connections kept, as the vault does. */
export async function serve(
  resources: Resources,
  port: number,
  files: ReadonlyMap<string, Served>,
): Promise<void> {
  const answer: RequestListener = (request, response) => {
    const file = files.get(request.url ?? '');
    if (!file) return response.writeHead(404, { 'content-length': '0' }).end();
    return response.writeHead(200, file.headers).end(file.body);
  };
  const server = createServer({ keepAliveTimeout: 20_000 }, answer);
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });
  resources.add(() => {
    server.close();
    server.closeAllConnections();
  });
}
