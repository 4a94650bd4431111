import { attack, saw } from '../support/attack.ts';
import { VISA } from '../support/cards.ts';
import { type Deployment, deploy } from '../support/deployment.ts';
import {
  apiCases,
  referenceCase,
  type Case,
  files,
  frames,
  IFRAME,
  JSON_TYPE,
  type Place,
  refusals,
} from '../support/header-cases.ts';
import * as table from '../support/header-table.ts';
import { expect, test } from '../support/merchant.ts';
import { ask, askRaw, parseHead, type RawAnswer } from '../support/raw-answer.ts';
import { RecordingProxy } from '../support/recording-proxy.ts';
import { SealedClient } from '../support/sealed-client.ts';

const plainly = ({ fieldsOrigin, apiOrigin, vaultApi, shopOrigin }: Deployment): Place => ({
  site: { fields: fieldsOrigin, api: apiOrigin, shop: shopOrigin, secure: false },
  fields: fieldsOrigin,
  api: vaultApi,
});

/** Asks for everything at once and compares every header of every answer; gives how many there were. */
async function compare(origin: string, cases: readonly Case[]): Promise<RawAnswer[]> {
  const answers = await Promise.all(cases.map((one) => ask(origin, one.path, one)));
  const ids = new Set<string>();
  for (const [index, { path, method = 'GET', status, expected }] of cases.entries()) {
    const answer = answers[index];
    const { 'x-request-id': id = '', ...seen } = table.canonical(answer?.headers ?? []);
    const what = `${method} ${path.slice(0, 60)}`;
    expect({ what, status: answer?.status, ...seen }).toStrictEqual({ what, status, ...expected });
    expect(id).toMatch(/^req_[0-9A-Za-z]{22}$/);
    ids.add(id);
  }
  expect(ids.size).toBe(cases.length);
  return answers;
}

/** A real payment's exchange, and what becomes of it when it is sent again. */
async function payments(place: Place, deployment: Deployment): Promise<Case[]> {
  const proxy = new RecordingProxy(deployment.portBase + 2);
  const port = deployment.portBase + 7;
  await proxy.listen(port);
  const client = await SealedClient.open({ ...deployment, vaultApi: `http://127.0.0.1:${port}` });
  const { number, cvc } = VISA;
  const expYear = new Date().getUTCFullYear() + 2;
  const id = await client.tokenize({ number, cvc, expMonth: 12, expYear });
  const [{ request, response } = { request: undefined, response: undefined }] =
    proxy.exchanges('POST /v1/tokenize');
  await proxy.close();
  const shared = { ...table.api(place.site), ...table.shared(place.site) };
  const { status, headers } = parseHead(response?.head ?? '');
  const { 'x-request-id': _, ...seen } = table.canonical(headers);
  expect({ status, ...seen }).toStrictEqual({ status: 200, ...shared });

  const body = request?.body.toString() ?? '';
  const post = (text: string, code: number): Case => ({
    path: '/v1/tokenize',
    method: 'POST',
    headers: { ...JSON_TYPE, origin: place.site.fields },
    body: text,
    status: code,
    expected: code === 200 ? shared : { ...shared, ...problemType(place.site) },
  });
  const other = (name: string) =>
    body.replace(
      new RegExp(`("${name}":"[^"]{8})(.)`),
      (_all, before, one) => `${before}${one === 'A' ? 'B' : 'A'}`,
    );
  const bearer = { authorization: `Bearer ${deployment.keys.secretKey}` };
  return [
    post(body, 200),
    post(other('ct'), 400),
    post(other('ticket'), 401),
    { path: `/v1/tokens/${id}`, headers: bearer, status: 200, expected: table.api(place.site) },
  ];
}

const problemType = (site: table.Site) => ({
  'content-type': table.problem(site)['content-type'] ?? '',
});

/** What is refused before it is a request has no headers of ours, no body, and says nothing of itself. */
async function bare(origin: string): Promise<number> {
  const asks: readonly (readonly [string, number])[] = [
    ['GET /healthz HTTP/1.1\r\n\r\n', 400],
    ['1234 / HTTP/1.1\r\nhost: x\r\n\r\n', 400],
    [`GET /${'x'.repeat(20_000)} HTTP/1.1\r\nhost: x\r\n\r\n`, 431],
    [`GET / HTTP/1.1\r\nhost: x\r\nx: ${'y'.repeat(20_000)}\r\n\r\n`, 431],
    ['GET / HTTP/1.1\r\nhost: x\r\nexpect: more\r\nconnection: close\r\n\r\n', 417],
    ['POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 3\r\ntransfer-encoding: chunked\r\n\r\n', 400],
    ['POST / HTTP/1.1\r\nhost: x\r\ncontent-length: x\r\n\r\n', 400],
  ];
  for (const [sent, expected] of asks) {
    const answer = await askRaw(origin, sent);
    const { status, headers } = parseHead(answer);
    const what = sent.slice(0, 40);
    expect(status, what).toBe(expected);
    expect(table.canonical(headers), what).toStrictEqual({});
    expect(answer.split('\r\n\r\n')[1] ?? '', what).toMatch(/^0?$/);
  }
  return asks.length;
}

async function everyAnswer(place: Place, deployment: Deployment): Promise<string> {
  // The driver of a payment speaks plainly, so behind a terminator it has no origin that is taken.
  const paid = place.site.secure ? [] : await payments(place, deployment);
  const { publishableKey } = deployment.keys;
  const fields = [
    ...(await frames(place, publishableKey)),
    ...refusals(place, deployment.keys),
    ...files(place),
  ];
  const pages = await compare(place.fields, fields);
  const api = [...apiCases(place, deployment.keys), await referenceCase(place), ...paid];
  await compare(place.api, api);
  const raw = (await bare(place.fields)) + (await bare(place.api));
  const refused = pages.filter(({ status }) => status >= 400).map(({ body }) => String(body));
  for (const body of refused) expect(body).not.toContain(publishableKey);
  return `${fields.length} answers of the fields role, ${api.length} of the api, ${raw} below HTTP: no header missing, none more`;
}

test(
  'answers every route, role and error with the headers of one table, and no other',
  attack(
    [18, 19, 20],
    'asks for everything in every wrong way, looks for a header that is missing',
  ),
  async ({ merchant: { deployment } }) => {
    saw(await everyAnswer(plainly(deployment), deployment));
  },
);

test(
  'adds HSTS and the upgrade of requests when browsers come over TLS, and tells a flood no more',
  attack(
    [18, 19, 20, 25],
    'the same behind a TLS terminator; then takes tickets until none is left',
    '@full',
  ),
  async () => {
    const site = {
      fields: 'https://fields.example',
      api: 'https://api.example',
      shop: 'https://shop.example',
      secure: true,
    };
    const deployment = await deploy({
      shop: false,
      env: () => ({
        FIELDS_ORIGIN: site.fields,
        API_ORIGIN: site.api,
        SHOP_ORIGIN: site.shop,
        TICKETS_PER_MINUTE: '40',
      }),
    });
    try {
      const place = { site, fields: deployment.fieldsOrigin, api: deployment.vaultApi };
      saw(await everyAnswer(place, deployment));
      const path = `/f1/${deployment.keys.publishableKey}/controller`;
      const flood = Array.from({ length: 60 }, () => ask(place.fields, path, { headers: IFRAME }));
      expect((await Promise.all(flood)).map(({ status }) => status)).toContain(429);
      const expected = { ...table.page(site), 'retry-after': expect.stringMatching(/^[1-9]\d?$/) };
      await compare(place.fields, [{ path, headers: IFRAME, status: 429, expected }]);
    } finally {
      await deployment.dispose();
    }
  },
);

test('would see a header that is missing, one that is new, and one that came twice', async ({
  merchant: { deployment },
}) => {
  const { site, api } = plainly(deployment);
  const { headers } = await ask(api, '/v1/openapi.json');
  const { 'x-request-id': _, ...seen } = table.canonical(headers);
  expect(seen).toStrictEqual(table.reference(site));
  const without = headers.filter(([name]) => name !== 'x-content-type-options');
  expect(table.canonical(without)).not.toMatchObject(table.reference(site));
  const { 'x-request-id': _id, ...more } = table.canonical([...headers, ['server', 'x']]);
  expect(more).not.toStrictEqual(table.reference(site));
  expect(() => table.canonical([...headers, ...headers])).toThrow('twice');
});
