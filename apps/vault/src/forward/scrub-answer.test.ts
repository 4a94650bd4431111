import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Secrets } from './echo-secrets.ts';
import { isEncoded, MASK, scrubAnswer } from './scrub-answer.ts';

const NUMBER = '4242424242424242';
const OTHER = '378282246310005';
const CODE = '737';
const IBAN = 'DE89370400440532013000';
const ACCOUNT = '000123456789';
const TEXT = 'pässword "of" 4 & <mine>';

const SECRETS: Secrets = [
  { kind: 'number', value: NUMBER },
  { kind: 'code', value: CODE, names: ['card[x1]'] },
  { kind: 'iban', value: IBAN },
  { kind: 'account', value: ACCOUNT },
  { kind: 'text', value: TEXT },
];

const bytes = (text: string) => new TextEncoder().encode(text);
const textOf = (body: Uint8Array) => Buffer.from(body).toString();
const clean = (text: string, secrets = SECRETS) => textOf(scrubAnswer(secrets).whole(bytes(text)));

/** In pieces of a size, but for what stands before `from`. */
async function inChunks(body: Uint8Array, size: number, from = 0): Promise<string> {
  const stream = scrubAnswer(SECRETS).stream();
  const writer = stream.writable.getWriter();
  const written = (async () => {
    await writer.write(body.slice(0, from));
    for (let at = from; at < body.length; at += size) await writer.write(body.slice(at, at + size));
    await writer.close();
  })();
  const pieces: Uint8Array[] = [];
  for await (const piece of stream.readable) pieces.push(piece);
  await written;
  return Buffer.concat(pieces).toString();
}

const hex2 = (sign: string) => sign.charCodeAt(0).toString(16).padStart(2, '0');
const each = (text: string, how: (sign: string, at: number) => string) =>
  [...text].map(how).join('');

/** Ways in which one gateway or another may say a number again. */
const WAYS: ReadonlyMap<string, (text: string) => string> = new Map([
  ['plain', (text: string) => text],
  ['spaced', (text: string) => text.replace(/(.{4})(?=.)/g, '$1 ')],
  ['dashed', (text: string) => text.replace(/(.{4})(?=.)/g, '$1-')],
  ['apart', (text: string) => each(text, (sign) => `${sign} . `)],
  ['listed', (text: string) => [...text].join('","')],
  ['of no-break spaces', (text: string) => text.replace(/(.{4})(?=.)/g, '$1\u00a0')],
  ['of a URL', (text: string) => each(text, (sign) => `%${hex2(sign)}`)],
  ['of a URL in part', (text: string) => each(text, (s, at) => (at % 3 ? s : `%${hex2(s)}`))],
  ['of a URL with %20', (text: string) => text.replace(/(.{4})(?=.)/g, '$1%20')],
  ['of a URL twice', (text: string) => each(text, (sign) => `%25${hex2(sign)}`)],
  ['behind a percent sign', (text: string) => `%${text}`],
  ['of JSON', (text: string) => each(text, (sign) => `\\u00${hex2(sign)}`)],
  ['of JSON in part', (text: string) => each(text, (s, at) => (at % 2 ? s : `\\u00${hex2(s)}`))],
  ['of JSON in JSON', (text: string) => each(text, (sign) => `\\\\u00${hex2(sign)}`)],
  ['of lines of JSON', (text: string) => text.replace(/(.{4})(?=.)/g, '$1\\n')],
  ['of JavaScript', (text: string) => each(text, (sign) => `\\x${hex2(sign)}`)],
  ['of HTML', (text: string) => each(text, (sign) => `&#${sign.charCodeAt(0)};`)],
  ['of HTML in hex', (text: string) => each(text, (sign) => `&#x0${hex2(sign)};`)],
  [
    'of HTML in part',
    (text: string) => each(text, (s, at) => (at % 2 ? s : `&#${s.charCodeAt(0)};`)),
  ],
  ['of base64', (text: string) => `.${Buffer.from(text).toString('base64')}.`],
  ['of base64 one on', (text: string) => `.${Buffer.from(`"${text}"`).toString('base64')}.`],
  ['of base64 two on', (text: string) => `.${Buffer.from(`x:${text};`).toString('base64')}.`],
  ['of base64url', (text: string) => `.${Buffer.from(`{?>${text}~~`).toString('base64url')}.`],
  [
    'of base64, spaced',
    (t: string) => `.${Buffer.from(t.replace(/(.{4})/g, '$1 ')).toString('base64')}.`,
  ],
  ['of hex', (text: string) => Buffer.from(text).toString('hex')],
  ['of upper hex', (text: string) => Buffer.from(`{${text}}`).toString('hex').toUpperCase()],
]);

/** Written apart from the code under test: everything that the digits of a text can be read from. */
function readings(text: string): string[] {
  const html = text.replace(/&#(\d+);/g, (_, point) => String.fromCodePoint(Number(point)));
  const plain = html
    .replace(/(?:\\+u00|\\x|&#x0?|%(?:25)?)(3\d);?/gi, (_, hex) =>
      String.fromCharCode(parseInt(hex, 16)),
    )
    .replace(/%20|\\n/g, ' ');
  const words = text.match(/[\w+/-]{16,}/g) ?? [];
  const decoded = words.flatMap((word) =>
    [0, 1, 2, 3].flatMap((skip) => [
      Buffer.from(word.slice(skip), 'base64').toString('latin1'),
      Buffer.from(word.slice(skip), 'hex').toString('latin1'),
    ]),
  );
  return [text, plain, ...decoded].map((reading) => reading.replace(/[^0-9A-Za-z]/g, ''));
}

const noise = fc.string({ unit: fc.constantFrom(...'abc {}":,\\%&=+/_-.\n\u00e9'), maxLength: 70 });

describe('an echo', () => {
  const echoed = [NUMBER, OTHER, ACCOUNT];
  const cases = [...WAYS].flatMap(([name, way]) =>
    echoed
      // Others than ours are known by the groups that people print.
      .filter((secret) => secret !== OTHER || !/apart|listed|lines/.test(name))
      .map((secret) => ({ name, way, secret })),
  );

  test.each(cases)('attacks: $name does not come back, of $secret', ({ way, secret }) => {
    expect(readings(`{"a":"${way(secret)}"}`).some((text) => text.includes(secret))).toBe(true);
    fc.assert(
      fc.property(noise, noise, (before, after) => {
        const got = clean(`${before}|${way(secret)}|${after}`);
        expect(readings(got).filter((text) => text.includes(secret))).toStrictEqual([]);
      }),
      { numRuns: 30 },
    );
  });

  test('attacks: in chunks it is what the whole is, wherever they end', async () => {
    const way = fc.constantFrom(...WAYS.values());
    const secret = fc.constantFrom(NUMBER, ACCOUNT, IBAN);
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(noise, secret, way), { minLength: 1, maxLength: 6 }),
        fc.integer({ min: 1, max: 64 }),
        fc.integer({ min: 0, max: 40_000 }),
        async (parts, size, filler) => {
          const text = parts.map(([before, value, how]) => `${before}|${how(value)}|`).join('');
          const body = bytes(`${'.'.repeat(filler)}${text}${'z'.repeat(filler % 99)}`);
          const got = await inChunks(body, size, Math.max(0, filler - 200));
          expect(got).toBe(textOf(scrubAnswer(SECRETS).whole(body)));
          for (const [, value] of parts)
            expect(readings(got.slice(filler)).some((each) => each.includes(value))).toBe(false);
        },
      ),
      { numRuns: 80 },
    );
  }, 60_000);

  test('attacks: in chunks of each size, at the edges of what is held', async () => {
    const echo = `"${NUMBER}","cvc":"${CODE}","b":"${Buffer.from(NUMBER).toString('base64')}"`;
    for (let size = 1; size <= 64; size++) {
      const from = 16_384 - 70 + size;
      const body = bytes(`${'.'.repeat(from)}${echo}${'.'.repeat(4_000)}`);
      const got = await inChunks(body, size, from);
      expect(got).toBe(textOf(scrubAnswer(SECRETS).whole(body)));
      const gist = got.replace(/\.+/g, '');
      expect(gist).toBe(`"${MASK}","cvc":"${MASK}","b":"${MASK}=="`);
    }
  }, 60_000);

  test.each([
    ['{"number":4242424242424242,"cvc":737}', `{"number":${MASK},"cvc":${MASK}}`],
    ['{"n":["4242","4242","4242","4242"]}', `{"n":["${MASK}","${MASK}","${MASK}","${MASK}"]}`],
    ['{"n":[4242,4242,4242,4242]}', `{"n":[${MASK},${MASK},${MASK},${MASK}]}`],
    ['{"n":14242424242424241001}', '{"n":14242424242424241001}'],
    ['{"n":14242424242424242001}', `{"n":1${MASK}001}`],
    ['{"n":"\\u0034242424242424242"}', `{"n":"${MASK}"}`],
    ['{"iban":"de89 3704 0044 0532 0130 00"}', undefined],
    ['{"t":"p\\u00e4ssword \\"of\\" 4 & <mine>"}', `{"t":"${MASK}"}`],
  ])('attacks: %s stays JSON', (text, wanted) => {
    const got = clean(text);
    expect(() => JSON.parse(got)).not.toThrow();
    if (wanted !== undefined) expect(got).toBe(wanted);
    expect(got).not.toMatch(/3704|pass|p.ssword/);
  });

  test('attacks: form data stays form data', () => {
    const got = new URLSearchParams(clean(`a=b&card[number]=${NUMBER}&card%5Bcvc%5D=737&c=d`));
    expect([...got]).toStrictEqual([
      ['a', 'b'],
      ['card[number]', MASK],
      ['card[cvc]', MASK],
      ['c', 'd'],
    ]);
  });
});

describe('a security code', () => {
  test.each([
    '{"cvc":"737"}',
    '{"cvc": 737 }',
    '{"card":{"security_code":"737"}}',
    '{"CVV2":"\\u0037\\u0033\\u0037"}',
    '{\\"cvc\\":\\"737\\"}',
    'cvv2=737&a=b',
    'a=b&card%5Bcvc%5D=%37%33%37',
    'card[x1]=737',
    '<CardSecurityCode>737</CardSecurityCode>',
    '<card cvc="737"/>',
    'the cvc 737 is wrong',
    'CVC: 737, wrong',
    '{"cvc":"NzM3"}',
    '{"cvc":"373337"}',
    `${NUMBER}|737|12/30`,
    `737 before ${NUMBER}`,
    `{"pan":"4242 4242 4242 4242","x":"737"}`,
    Buffer.from('{"cvc":"737"}').toString('base64'),
    Buffer.from('{"cvc":"737"}').toString('hex'),
  ])('attacks: %s does not come back', (text) => {
    const got = clean(text);
    expect(got).toContain(MASK);
    expect(readings(got).join()).not.toMatch(/737|NzM3|373337/);
  });

  test.each([
    '{"amount":737,"id":"ch_737a","code":"737","avs":"7370"}',
    '{"cvc_check":"pass","cvc":"7371"}',
    'response_code=737&x=1737',
  ])('%s is not one', (text) => {
    expect(clean(text)).toBe(text);
  });
});

describe('what is no echo', () => {
  test('stays as it is, byte for byte', () => {
    const digits = fc.stringMatching(/^[1-9]\d{19,200}$/);
    fc.assert(
      fc.property(fc.array(fc.tuple(noise, digits)), (parts) => {
        const text = parts.map(([before, row]) => `${before}y${row}y`).join('');
        expect(clean(text)).toBe(text);
      }),
    );
  });

  test('nor do short numbers, other digits and any bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (body) => {
        expect(scrubAnswer([]).whole(body)).toStrictEqual(body);
      }),
    );
    for (const text of [
      '{"id":"4242424242424243","at":"2026-11-26T22:45:45.123456Z","ms":1795732545123}',
      '{"last4":"4242","bin":"42424242"}',
      '1,234,567,890,123,456',
      '[4111,1111,1111,1111]',
    ])
      expect(clean(text)).toBe(text);
  });

  test('a digit more makes a number of others an id', () => {
    expect(clean('5555555555554444')).toBe(MASK);
    expect(clean('15555555555554444')).toBe('15555555555554444');
    expect(clean('5555 5555 5555 4444')).toBe([MASK, MASK, MASK, MASK].join(' '));
  });
});

test('what was found is told by its kind alone', () => {
  const scrubber = scrubAnswer(SECRETS);
  expect(scrubber.found()).toStrictEqual([]);
  expect(scrubber.header('x-card', `${NUMBER}; a`)).toBe(`${MASK}; a`);
  expect(scrubber.header('x-cvc', CODE)).toBe(MASK);
  expect(scrubber.header('content-length', CODE)).toBe(CODE);
  scrubber.whole(bytes(OTHER));
  expect(scrubber.found()).toStrictEqual(['number', 'code', 'other_number']);
});

test('the mask is no number in any repetition', () => {
  for (const times of [1, 2, 3, 4]) expect(clean(MASK.repeat(times))).toBe(MASK.repeat(times));
});

test.each([
  [[], false],
  [[['content-encoding', 'identity']], false],
  [[['content-encoding', 'gzip']], true],
  [[['content-encoding', 'identity, br']], true],
  [[['transfer-encoding', 'chunked']], false],
  [[['transfer-encoding', 'gzip, chunked']], true],
] as const)('attacks: %j is looked into only where it can be', (headers, wanted) => {
  expect(isEncoded(headers)).toBe(wanted);
});

// By the time of the processor, which is ours alone however busy the machine is.
test.each([
  ['echoes', `${NUMBER},`],
  ['digits', '4242424242424241'],
  ['groups', '4111 1111 1111 1112 '],
  ['escapes', '%34\\u0032&#52;'],
  ['base64', Buffer.from('4111111111111112').toString('base64')],
  ['codes', '"cvc":737,'],
  ['names', 'cvc 737 "'],
  ['backslashes', '\\'],
  ['percent signs', '%25'],
])(
  'attacks: %s without end take no time without end',
  (_name, piece) => {
    const tookOf = (size: number) => {
      const body = bytes(piece.repeat(size / piece.length));
      const before = process.cpuUsage();
      scrubAnswer(SECRETS).whole(body);
      return process.cpuUsage(before).user;
    };
    tookOf(64_000);
    const [small, large] = [tookOf(128_000), tookOf(1_024_000)];
    // Eight times as long is linear; what is quadratic takes 64 times as long.
    expect(large).toBeLessThan(32 * Math.max(small, 20_000));
  },
  60_000,
);
