import type { HuntingGround } from './hunting-ground.ts';
import { ask, type Asked, askRaw } from './raw-answer.ts';

/*
 * Requests that no frame of ours makes, with a card wherever an outsider can write: a merchant's bug,
 * a tester, a bot. What they sent may stand in no answer, log, file or column of ours.
 */

type Shot = Asked & { readonly path: string };

const JSON_TYPE = { 'content-type': 'application/json' };

function places(card: string, code: string): Shot[] {
  const spaced = card.replace(/^(.{4})(.{6})/, '$1 $2 ');
  const body = { number: card, cvc: code, exp: '12/30' };
  const paths = [
    `/v1/tokenize/${card}`,
    `/v1/tokens/${card}`,
    `/v1/tokens/tok_test_${card}`,
    `/v1/tokenize?number=${card}&cvc=${code}`,
    `/${encodeURIComponent(spaced)}`,
    `/%zz${card}`,
    `/f1/${card}/controller?card=${card}`,
    `/f1/pk_test_${card}/field`,
    `/f9/${card}`,
    `/assets/${card}.js`,
    `/orders/${card}?number=${card}`,
    `/?layout=${card}&name=${card}`,
    `/${card.repeat(20)}`,
    `/${card}${'x'.repeat(9_000)}`,
  ];
  const headers = [
    { 'x-card': card, 'user-agent': card, referer: `http://shop/?card=${card}` },
    { cookie: `card=${card}`, authorization: `Bearer ${card}`, 'accept-encoding': card },
    { authorization: `Bearer sk_test_${card}`, origin: `http://${card}` },
    { 'x-request-id': card, 'x-forwarded-for': card, traceparent: card },
    { 'sec-fetch-dest': 'iframe', 'accept-language': spaced, 'idempotency-key': card },
  ];
  const bodies = [
    JSON.stringify(body),
    JSON.stringify({
      v: 1,
      ticket: card,
      parentOrigin: card,
      attempt: 1,
      kid: card,
      enc: '',
      ct: '',
    }),
    JSON.stringify({ v: 1, [card]: card, nested: { [card]: [card] } }),
    `{"${card}":1,"${card}":2}`,
    `{"number":"${card}"`,
    `{"__proto__":{"${card}":"${card}"}}`,
    card,
    `"${card}${code}`,
    JSON.stringify({ token: card, email: `${card}@example.com`, [card]: code }),
    JSON.stringify(body).repeat(400),
  ];
  const types = ['application/json', 'text/plain', 'application/x-www-form-urlencoded', card];
  const posts = ['/v1/tokenize', '/v1/tokens', '/orders', '/'];
  return [
    ...paths.flatMap((path) => ['GET', 'POST', 'OPTIONS'].map((method) => ({ path, method }))),
    ...headers.flatMap((each) =>
      ['/v1/docs', '/v1/tokens/x', '/v1/keys/manifest', '/f1/x/field'].map((path) => ({
        path,
        headers: each,
      })),
    ),
    ...posts.flatMap((path) =>
      bodies.map((text) => ({ path, method: 'POST', headers: JSON_TYPE, body: text })),
    ),
    ...types.map((type) => ({
      path: '/v1/tokenize',
      method: 'POST',
      headers: { 'content-type': type },
      body: `number=${card}&cvc=${code}`,
    })),
  ];
}

const broken = (card: string) => [
  `${card} / HTTP/1.1\r\nhost: x\r\n\r\n`,
  `GET /${card}\r\n\r\n`,
  `GET / HTTP/${card}\r\nhost: ${card}\r\n\r\n`,
  `GET http://${card}/${card} HTTP/1.1\r\nhost: ${card}\r\nconnection: close\r\n\r\n`,
  `POST /v1/tokenize HTTP/1.1\r\nhost: x\r\ncontent-length: ${card}${card}\r\n\r\n${card}`,
  `POST /v1/tokenize HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n${card}\r\n`,
  `GET / HTTP/1.1\r\nhost: x\r\n${card}: ${card}\r\nx: ${'y'.repeat(20_000)}\r\n\r\n`,
  `GET / HTTP/1.1\r\nhost: x\r\nexpect: ${card}\r\nconnection: close\r\n\r\n`,
];

/** Sends a card of its own to every server in every way; gives how many answers came. */
export async function sendMalformed(ground: HuntingGround): Promise<number> {
  const { vaultApi, fieldsOrigin, shopOrigin, portBase } = ground.deployment;
  const fieldsName = `http://127.0.0.1:${portBase + 6}`;
  let answers = 0;
  for (const [name, origin] of [
    ['api', vaultApi],
    ['fields', fieldsOrigin],
    ['shop', shopOrigin.replace('localhost', '127.0.0.1')],
  ] as const) {
    const card = ground.card(`malformed ${name}`);
    const shots = places(card.number, card.cvc).map((shot) => ({
      ...shot,
      headers: { origin: name === 'shop' ? shopOrigin : fieldsName, ...shot.headers },
    }));
    const said = await Promise.allSettled(shots.map((shot) => ask(origin, shot.path, shot)));
    const raw = await Promise.all(broken(card.number).map((bytes) => askRaw(origin, bytes)));
    for (const answer of said) {
      if (answer.status !== 'fulfilled') continue;
      answers += 1;
      const { headers, body } = answer.value;
      ground.answered(`${JSON.stringify(headers)}\n${body.toString('latin1')}`);
    }
    for (const answer of raw) ground.answered(answer);
    answers += raw.length;
  }
  return answers;
}
