import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DestinationRecord } from '@hushfield/contract/api';
import { createAuthority } from './certificates.ts';

/** One request as it arrived. */
export type Heard = {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
};
type Answers = (response: ServerResponse, heard: Heard, request: IncomingMessage) => void;

/** A gateway on loopback, over TLS with an authority of its own. */
export type Gateway = {
  readonly port: number;
  readonly heard: Heard[];
  /** Who vouches for it, in PEM. */
  readonly ca: string;
  /** What a vault needs to reach it. */
  readonly environment: Readonly<Record<string, string>>;
  /** What it says from now on. */
  answers(with_: Answers): void;
  close(): Promise<void>;
};

const WELL: Answers = (response) =>
  response
    .writeHead(200, { 'content-type': 'application/json', 'request-id': 'req_gateway' })
    .end('{"id":"ch_1","amount":1299}');

export async function startGateway(): Promise<Gateway> {
  const authority = await createAuthority();
  const folder = mkdtempSync(join(tmpdir(), 'hushfield-gateway-'));
  const caFile = join(folder, 'ca.pem');
  writeFileSync(caFile, authority.cert);
  const heard: Heard[] = [];
  let answer = WELL;
  const server = createServer(await authority.issue(['localhost']), (request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('error', () => {});
    request.on('end', () => {
      const { method = '', url = '', headers } = request;
      const one = { method, url, headers, body: Buffer.concat(chunks).toString() };
      heard.push(one);
      answer(response, one, request);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    ...{ port, heard, ca: authority.cert },
    environment: {
      EGRESS_ALLOWED_ORIGINS: `https://localhost:${port}`,
      EGRESS_CA_FILE: caFile,
    },
    answers(with_) {
      answer = with_;
    },
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** A record for it, in either format. */
export function recordOf(port: number, own: Partial<DestinationRecord> = {}): DestinationRecord {
  return {
    label: 'Gateway',
    host: 'localhost',
    port,
    format: 'json',
    methods: ['POST', 'GET', 'DELETE'],
    paths: ['/v1/charges', '/v1/tokens'],
    query: ['expand[]'],
    fields: {
      number: ['/card/number', '/cards/0/number', '/cards/1/number'],
      expMonth: ['/card/exp_month'],
      expYear2: ['/card/exp_year'],
      expYear4: ['/card/exp_year'],
      cvc: ['/card/cvc'],
      name: ['/card/name'],
      postalCode: ['/card/zip'],
      last4: ['/card/last4'],
      bin6: ['/card/bin'],
      iban: ['/bank/iban'],
      routingNumber: ['/bank/routing'],
      accountNumber: ['/bank/account'],
      text: ['/note/secret'],
    },
    body: ['/amount', '/currency', '/items/*', '/metadata/*', '/note/kind', '/card/type'],
    headers: ['idempotency-key'],
    inject: {
      headers: {
        authorization: { credential: 'secretKey', prefix: 'Bearer ' },
        'gateway-account': { value: 'acct_merchant' },
      },
      body: { '/merchantAccount': { credential: 'account' } },
    },
    amount: { value: '/amount', currency: '/currency' },
    answerHeaders: ['request-id', 'location'],
    ...own,
  };
}

export const CREDENTIALS = { secretKey: 'gw_secret_1234', account: 'MerchantOne' } as const;
