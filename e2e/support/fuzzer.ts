/*
 * Makes hostile messages from a seed. All of it runs in a hostile page, where `rawPrelude` puts these
 * functions under their names; so they use nothing but each other.
 */

type Random = {
  /** An integer from 0 up to, not including, `limit`. */
  readonly below: (limit: number) => number;
  readonly chance: (share: number) => boolean;
  readonly pick: <T>(from: readonly T[]) => T;
};

type Message = Record<string, unknown>;

/** A message, and whether it is a call of a declared method: that is answered, all else is dropped. */
export type Fuzzer = { formed(id: string): Message; broken(id: string): Message };

export function makeRandom(seed: number): Random {
  let state = seed >>> 0;
  // mulberry32: small, and the same in every engine.
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const below = (limit: number) => Math.floor(next() * limit);
  return {
    below,
    chance: (share) => next() < share,
    pick: (from) => from[below(from.length)] as never,
  };
}

/** Values of any kind that can be cloned, with names that mean something to us or to the language. */
export function makeTrees(random: Random, strings: readonly string[]) {
  const { below, chance, pick } = random;
  const words = [
    ...['field', 'message', 'elements', 'element', 'fields', 'layout', 'locale', 'appearance'],
    ...['number', 'expiry', 'cvc', 'name', 'card', 'cardNumber', 'row', 'en', 'theme', 'labels'],
    ...['__proto__', 'constructor', 'prototype', 'then', 'toString', 'toJSON', 'valueOf', 'value'],
    ...['id', 'type', 'path', 'argumentList', 'RAW', 'HANDLER', 'ok', 'code', 'token', 'bin'],
  ];
  const text = () => (chance(0.5) ? pick(words) : pick(strings));
  const kinds: (() => unknown)[] = [
    ...[text, text, text, text, () => below(2 ** 31), () => -0.5, () => Infinity, () => NaN],
    ...[() => null, () => undefined, () => true, () => 2n ** 70n, () => new Date(below(1e9))],
    ...[() => new Map([[text(), text()]]), () => new Set([text()]), () => new Error(text())],
    ...[() => new Uint8Array(below(64)), () => text().repeat(50), () => new String(text())],
  ];
  const leaf = () => pick(kinds)();
  const tree = (depth: number): unknown => {
    if (depth === 0 || chance(0.45)) return leaf();
    if (chance(0.25)) return Array.from({ length: below(6) }, () => tree(depth - 1));
    const object = {};
    for (let left = below(5); left >= 0; left -= 1) {
      // Defined, so that `__proto__` becomes a property too.
      const value = chance(0.02) ? object : tree(depth - 1);
      Object.defineProperty(object, text(), { value, enumerable: true, configurable: true });
    }
    return object;
  };
  return { text, leaf, tree };
}

export function makeFuzzer(options: {
  seed: number;
  strings: readonly string[];
  methods: readonly string[];
  /** Honest options of a field; a call may change one of them. */
  configure: Message;
}): Fuzzer {
  const random = makeRandom(options.seed);
  const { below, chance, pick } = random;
  const { text, leaf, tree } = makeTrees(random, options.strings);
  const raw = (value: unknown) => ({ type: 'RAW', value });
  const near = (method: string): unknown => {
    if (method === 'setError') return { field: pick(['number', 'cvc', text()]), message: text() };
    if (method === 'tokenize') return { elements: [pick(['cardNumber', `${text()}?`])] };
    if (method !== 'configure') return { field: text() };
    return { ...options.configure, [pick(Object.keys(options.configure))]: tree(2) };
  };
  const call = (id: string): Message & { path: string[] } => {
    const method = pick(options.methods);
    const length = below(5);
    const args = chance(0.4) ? [near(method)] : Array.from({ length }, () => tree(3));
    // Any page may take the keyboard or the value away from its shopper: nothing to look for here.
    if (method === 'focus' || method === 'clear') args.splice(0, 2, tree(1), tree(1));
    return { id, type: 'APPLY', path: [method], argumentList: args.map(raw) };
  };
  const inherited = ['__proto__', 'constructor', 'toString', '__defineSetter__', 'then', 'name'];
  const breaks: ((message: Message) => unknown)[] = [
    (one) => (one['type'] = pick(['GET', 'SET', 'CONSTRUCT', 'ENDPOINT', 'RELEASE', `${text()}?`])),
    (one) => (one['path'] = [`${text()}?`]),
    (one) => (one['path'] = Array.from({ length: 2 + below(5) }, text)),
    (one) => (one['path'] = pick([[], leaf(), [leaf(), 1], text(), { 0: text() }])),
    (one) => (one['path'] = [pick(inherited)]),
    (one) => (one['argumentList'] = [{ type: 'HANDLER', name: text(), value: tree(2) }]),
    (one) => (one['argumentList'] = [tree(2), leaf()]),
    (one) => (one['argumentList'] = Array.from({ length: 5 + below(9) }, () => raw(leaf()))),
    (one) => (one['id'] = pick(['x'.repeat(65 + below(99)), '', 7, null, [text()], {}, 1n])),
    (one) => (one[`${text()}!`] = tree(2)),
    (one) => delete one[pick(['id', 'type', 'path', 'argumentList'])],
  ];
  const broken = (id: string): Message => {
    const message = call(id);
    for (let left = 1 + below(2); left > 0; left -= 1) pick(breaks)(message);
    return message;
  };
  return { formed: call, broken };
}
