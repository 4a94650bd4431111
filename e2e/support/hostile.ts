import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from './server-process.ts';

const FOLDER = join(ROOT, '../shared/vectors/hostile');

/** Enough to keep the test meaningful in a clone that has no vectors beside it. */
const OWN = [
  '"><script>alert(1)</script>',
  '<img src=x onerror=alert(1)>',
  '<svg/onload=alert(1)>',
  'javascript:alert(1)',
  'x" onfocus="alert(1)" autofocus="',
  '</style><style>*{background:url(//evil.example)}',
  "'); alert(1); ('",
  '${alert(1)}{{7*7}}<!--',
  '__proto__',
  'constructor',
  '\u202e4242\u202c',
  '\u0000\u0007\ufeff\u200b',
  '💳'.repeat(100),
];

function strings(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  if (Array.isArray(value)) return value.flatMap(strings);
  if (value === null || typeof value !== 'object') return [];
  return Object.values(value).flatMap(strings);
}

const FILES = [
  'blns.json',
  'dompurify_expect.json',
  'patt_css_injection_blocks.json',
  'patt_prototype_pollution_blocks.json',
  'payloadbox_xss.json',
];

/** Strings that have broken other people's pages; says so when the large sets are not there. */
export function hostileStrings(): string[] {
  if (!existsSync(FOLDER)) {
    process.stdout.write(
      `no hostile vectors beside the project: ${OWN.length} strings of its own\n`,
    );
    return OWN;
  }
  const read = (file: string): unknown => JSON.parse(readFileSync(join(FOLDER, file), 'utf8'));
  return [...new Set([...OWN, ...FILES.flatMap((file) => strings(read(file)))])];
}

/** A message to a raw port: what it is, and what goes with it. */
export type Forgery = readonly [what: string, message: unknown, transfer?: Transferable[]];

/**
 * Runs in a hostile page. Messages that are no plain call of a declared method, those Comlink would
 * obey first; `callback` makes a port whose other end tells when somebody calls it.
 */
export function forgedMessages(method: string, callback: () => MessagePort): Forgery[] {
  const raw = (value: unknown) => ({ type: 'RAW', value });
  // Costs the sender nothing, and whoever walks it minutes.
  const sparse = (length: number) => Object.assign([], { length });
  const call = { id: 'call', type: 'APPLY', path: [method], argumentList: [] as unknown[] };
  const proxied = (what: string, rest: object): Forgery => {
    const port = callback();
    const handler = { type: 'HANDLER', name: 'proxy', value: port };
    const parts = { value: handler, argumentList: [raw('number'), handler] };
    return [`proxy ${what}`, { ...call, ...rest, ...parts }, [port]];
  };
  const setter = ['constructor', 'prototype', '__proto__', '__defineSetter__'];
  const ported = (what: string, message: object): Forgery => [what, message, [callback()]];
  const paths: unknown[] = [
    ...['constructor', '__proto__', 'toString', 'valueOf', 'hasOwnProperty', 'isPrototypeOf'],
    ...['__defineGetter__', '__defineSetter__', '__lookupGetter__', '__lookupSetter__'],
    ...['then', 'name', 'length', 'prototype', 'collect', 'forget', '0', '', 'x'.repeat(33)],
  ].map((name) => [name]);
  paths.push(
    ...[[method, 'constructor'], [method, 'call'], [method, method], [[method]], [{}], [null], [0]],
    ...[[], [new String(method)], sparse(1), sparse(2 ** 32 - 1), Array(1e5).fill(method)],
    ...[method, { 0: method, length: 1 }, null, 7, new Map([[0, method]]), new Set([method])],
  );
  const ids = [undefined, null, 1, '', 'x'.repeat(65), {}, ['call'], new String('call'), true, 1n];
  const lists: unknown[] = [
    ...[null, undefined, {}, { length: 1, 0: raw(1) }, 'x', Array(5).fill(raw(1)), [null], ['x']],
    ...[[{ type: 'HANDLER', name: 'throw', value: { isError: true, value: { stack: 'x' } } }]],
    ...[[{ type: 'HANDLER', name: 'nope', value: 1 }], [{ ...raw(1), name: 'x' }], [[raw(1)]]],
    ...[sparse(2 ** 32 - 1), Array(1e5).fill(raw(1)), sparse(1), new Set([raw(1)])],
  ];
  const cycle: Record<string, unknown> = { ...call };
  const chain = (depth: number) => {
    let value: unknown = {};
    for (let level = 0; level < depth; level += 1) value = { value };
    return value;
  };
  cycle['self'] = cycle;
  const own = Object.defineProperty({ ...call }, '__proto__', { value: {}, enumerable: true });
  const wholes: unknown[] = [
    ...[null, undefined, true, 1, 1n, '', JSON.stringify(call), [call], Object.assign([], call)],
    ...[new Map(Object.entries(call)), new Set([call]), new Date(), /x/, new Error(method)],
    ...[new Blob(['x']), new ArrayBuffer(8), new Uint8Array(8), new ImageData(1, 1), NaN],
    ...[cycle, own, { ...call, extra: 1 }, { ...call, value: raw(1) }, {}, sparse(2 ** 32 - 1)],
  ];
  return [
    ['read all', { ...call, type: 'GET', path: [] }],
    ['read', { ...call, type: 'GET' }],
    ['read on', { ...call, type: 'GET', path: [method, 'constructor'] }],
    ['pollute', { ...call, type: 'SET', path: ['__proto__', 'polluted'], value: raw(true) }],
    [
      'pollute more',
      { ...call, type: 'SET', path: setter.slice(0, 2), value: raw({ polluted: 1 }) },
    ],
    ['replace', { ...call, type: 'SET', value: raw('mine') }],
    proxied('replaces a method', { type: 'SET' }),
    proxied('on a prototype', { type: 'SET', path: ['__proto__', 'number'] }),
    proxied('as a setter', { path: setter }),
    proxied('as an argument', {}),
    [
      'build',
      {
        ...call,
        type: 'CONSTRUCT',
        path: [method, 'constructor'],
        argumentList: [raw('return 1')],
      },
    ],
    ['build', { ...call, type: 'CONSTRUCT', path: ['constructor', 'constructor'] }],
    ['release', { ...call, type: 'RELEASE', path: [] }],
    ported('endpoint', { ...call, type: 'ENDPOINT', path: [] }),
    ported('call with a port', call),
    ...[undefined, null, 0, '', 'apply', ['APPLY'], new String('APPLY')].map(
      (type): Forgery => ['type', { ...call, type }],
    ),
    ...paths.map((path): Forgery => ['path', { ...call, path }]),
    ...ids.map((id): Forgery => ['id', { ...call, id }]),
    ...lists.map((argumentList): Forgery => ['arguments', { ...call, argumentList }]),
    ...wholes.map((message): Forgery => ['whole', message]),
    // Deeper than one engine reads back: it then has no data at all, and no answer either way.
    ['deep', { ...call, type: 'GET', value: chain(3e3) }],
    ['huge id', { ...call, id: 'x'.repeat(1e7) }],
    ['huge path', { ...call, path: ['x'.repeat(1e7)] }],
  ];
}

/**
 * Runs in a hostile page. Things that no declared method takes. One that has no keys is read as an
 * object without any, which `focus` and `clear` do take.
 */
export function hostileValues(): Forgery[] {
  const sparse = (length: number) => Object.assign([], { length });
  const nested = (depth: number) => {
    let value: unknown = 'x';
    for (let level = 0; level < depth; level += 1) value = { field: value, elements: [value] };
    return value;
  };
  const chain = (depth: number) => {
    let value: unknown = {};
    for (let level = 0; level < depth; level += 1) value = { field: value };
    return value;
  };
  const cycle: Record<string, unknown> = { field: 'number' };
  cycle['elements'] = [cycle];
  const polluting = JSON.parse('{"__proto__":{"polluted":1},"field":"number","message":"x"}');
  const buffer = new ArrayBuffer(64);
  const keys = Object.fromEntries(Array.from({ length: 1e5 }, (_, index) => [`k${index}`, index]));
  const values: Forgery[] = [
    ...[null, undefined, 0, NaN, 1n, '', 'number', true, [], [[]], /x/].map(
      (value): Forgery => [String(value), value],
    ),
    ...['__proto__', 'constructor', 'toString', 'NUMBER', ' number', 7, null, {}, ['number']].map(
      (field): Forgery => [
        `field ${JSON.stringify(field)}`,
        { field, message: 'x', elements: [field] },
      ],
    ),
    ['ArrayBuffer', buffer, [buffer]],
    ['own __proto__', polluting],
    ['cycle', cycle],
    ['chain of 1,000', chain(1e3)],
    ['chain of 10,000', chain(1e4)],
    ['tree of 16 levels', nested(16)],
    ['10 MB text', 'x'.repeat(1e7)],
    ['10 MB message', { field: 'number', message: 'x'.repeat(1e7), elements: ['x'.repeat(10)] }],
    ['100,000 elements', { field: 'number', elements: Array(1e5).fill('card'), fields: [] }],
    ['sparse list', { elements: sparse(2 ** 32 - 1), fields: sparse(2 ** 32 - 1) }],
    ['100,000 keys', keys],
  ];
  return values;
}
