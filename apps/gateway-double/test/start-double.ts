import type { IncomingHttpHeaders } from 'node:http';
import { request } from 'node:https';
import type { AddressInfo } from 'node:net';
import { createGateway } from '../src/app.ts';
import { makeCertificate } from '../src/certificate.ts';

export type Asked = {
  readonly headers?: Readonly<Record<string, string>>;
  readonly json?: object;
  readonly form?: Readonly<Record<string, string>>;
  readonly timeoutMs?: number;
};
type Told = {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Readonly<Record<string, unknown>>;
};

export type TestDouble = {
  readonly lines: string[];
  ask(method: string, path: string, asked: Asked): Promise<Told>;
  /** As somebody who trusts what the machine trusts. */
  askUntrusting(path: string): Promise<Told>;
  close(): Promise<void>;
};

/** A double on a port of its own, asked over real https. */
export async function startDouble(): Promise<TestDouble> {
  const lines: string[] = [];
  const certificate = await makeCertificate();
  const app = createGateway({
    certificate,
    accounts: [
      { name: 'shop', key: 'shop-key-shop-key-shop-key' },
      { name: 'other', key: 'other-key-other-key-other' },
    ],
    log: (line) => lines.push(line),
  });
  await app.listen({ host: '127.0.0.1', port: 0 });
  const { port } = app.server.address() as AddressInfo;
  const place = { host: '127.0.0.1', port };
  return {
    lines,
    ask: (method, path, asked) => ask({ ...place, method, path, ca: certificate.ca }, asked),
    askUntrusting: (path) => ask({ ...place, method: 'GET', path, ca: undefined }, {}),
    close: () => app.close(),
  };
}

type Place = {
  readonly host: string;
  readonly port: number;
  readonly method: string;
  readonly path: string;
  readonly ca: string | undefined;
};

function bodyOf({ json, form }: Asked): { type: string; text: string } | undefined {
  if (json !== undefined) return { type: 'application/json', text: JSON.stringify(json) };
  if (form === undefined) return undefined;
  return {
    type: 'application/x-www-form-urlencoded',
    text: new URLSearchParams(form).toString(),
  };
}

function ask(place: Place, asked: Asked): Promise<Told> {
  const body = bodyOf(asked);
  const headers = { ...asked.headers, ...(body && { 'content-type': body.type }) };
  return new Promise((resolve, reject) => {
    const sent = request({ ...place, headers, agent: false }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (part: string) => (text += part));
      response.on('end', () =>
        resolve({
          status: response.statusCode ?? 0,
          headers: response.headers,
          body: JSON.parse(text),
        }),
      );
    });
    sent.on('error', reject);
    sent.setTimeout(asked.timeoutMs ?? 5_000, () => sent.destroy(new Error('timeout')));
    sent.end(body?.text);
  });
}
