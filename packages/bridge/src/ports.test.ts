import { expose, wrap } from 'comlink';
import { afterEach, describe, expect, it, vi } from 'vitest';
import * as z from 'zod/mini';
import { openCaller } from './caller-endpoint.ts';
import { serve } from './callee-endpoint.ts';
import { receiveEvents, sendEvents } from './event-port.ts';

const toy = {
  ping: { args: z.tuple([z.string().check(z.maxLength(8))]), result: z.string(), timeoutMs: 200 },
  fail: { args: z.tuple([]), result: z.string(), timeoutMs: 200 },
  lie: { args: z.tuple([]), result: z.string(), timeoutMs: 200 },
  hang: { args: z.tuple([]), result: z.string(), timeoutMs: 30 },
};
const secret = '4242424242424242';
const handlers = {
  ping: (word: string) => `pong ${word}`,
  fail: () => {
    throw new Error(secret);
  },
  lie: () => 42 as unknown as string,
  hang: () => new Promise<string>(() => {}),
};

const open: MessagePort[] = [];
function makeLine() {
  const { port1, port2 } = new MessageChannel();
  open.push(port1, port2);
  return [port1, port2] as const;
}
afterEach(() => {
  for (const port of open.splice(0)) port.close();
});

const raw = (value: unknown) => ({ type: 'RAW', value });
const refusedReply = { id: 'x', type: 'RAW', value: { ok: false, code: 'refused' } };

/** Sends one message to a served port and tells what came back within 40 ms. */
async function ask(message: unknown, transfer: Transferable[] = []): Promise<unknown[]> {
  const [victim, peer] = makeLine();
  serve({ port: victim, contract: toy, handlers });
  const answers: unknown[] = [];
  peer.addEventListener('message', (event) => answers.push(event.data));
  peer.start();
  peer.postMessage(message, transfer);
  await new Promise((resolve) => setTimeout(resolve, 40));
  return answers;
}

/** Every descriptor of the intrinsics a hostile peer aims at. */
function snapshot() {
  return [Object, Array, Function, Promise, Map, String, Error].map((intrinsic) => [
    Reflect.ownKeys(intrinsic),
    Reflect.ownKeys(intrinsic.prototype),
  ]);
}

function withOwnProto(value: object): object {
  return Object.defineProperty(value, '__proto__', { value: { x: 1 }, enumerable: true });
}

const call = { id: 'x', type: 'APPLY', path: ['ping'], argumentList: [raw('a')] };
const dropped: [string, unknown][] = [
  ['reads a property', { id: 'x', type: 'GET', path: ['ping'] }],
  ['reads the whole object', { id: 'x', type: 'GET', path: [] }],
  ['replaces a method', { id: 'x', type: 'SET', path: ['ping'], value: raw(1) }],
  ['pollutes Object.prototype', { id: 'x', type: 'SET', path: ['__proto__', 'p'], value: raw(1) }],
  ['builds a function', { ...call, type: 'CONSTRUCT', path: ['constructor', 'constructor'] }],
  ['mints a port', { id: 'x', type: 'ENDPOINT', path: [] }],
  ['releases the service', { id: 'x', type: 'RELEASE', path: [] }],
  ['calls an inherited name', { ...call, path: ['toString'] }],
  ['calls constructor', { ...call, path: ['constructor'] }],
  ['calls __proto__', { ...call, path: ['__proto__'] }],
  ['walks a deep path', { ...call, path: ['ping', 'apply'] }],
  ['calls an empty path', { ...call, path: [] }],
  ['calls an undeclared method', { ...call, path: ['nope'] }],
  ['smuggles a handler', { ...call, argumentList: [{ type: 'HANDLER', name: 'throw', value: 1 }] }],
  ['sends too many arguments', { ...call, argumentList: Array(5).fill(raw(1)) }],
  ['adds a key', { ...call, extra: 1 }],
  ['adds an own __proto__', withOwnProto({ ...call })],
  ['sends no id', { ...call, id: '' }],
  ['sends a number as id', { ...call, id: 1 }],
  ['sends a long id', { ...call, id: 'x'.repeat(65) }],
  ['sends a string', 'hello'],
  ['sends null', null],
  ['sends an array', [call]],
];

describe('attacks on a served port', () => {
  it.each(dropped)('drops a peer that %s', async (_, message) => {
    const before = snapshot();
    expect(await ask(message)).toStrictEqual([]);
    expect(snapshot()).toStrictEqual(before);
  });

  it('drops a call that brings a port', async () => {
    const { port1, port2 } = new MessageChannel();
    open.push(port1);
    expect(await ask(call, [port2])).toStrictEqual([]);
  });

  it.each([
    ['of the wrong kind', { ...call, argumentList: [raw(7)] }],
    ['too long', { ...call, argumentList: [raw('123456789')] }],
    ['missing', { ...call, argumentList: [] }],
    ['one too many', { ...call, argumentList: [raw('a'), raw('b')] }],
  ])('refuses arguments that are %s', async (_, message) => {
    expect(await ask(message)).toStrictEqual([refusedReply]);
  });

  it('answers an honest call', async () => {
    expect(await ask(call)).toStrictEqual([
      { id: 'x', type: 'RAW', value: { ok: true, value: 'pong a' } },
    ]);
  });

  it('never sends an error message or stack across', async () => {
    const answers = await ask({ ...call, path: ['fail'], argumentList: [] });
    expect(answers).toStrictEqual([{ ...refusedReply, value: { ok: false, code: 'internal' } }]);
  });

  it('sends no result that the contract does not declare', async () => {
    const answers = await ask({ ...call, path: ['lie'], argumentList: [] });
    expect(answers).toStrictEqual([{ ...refusedReply, value: { ok: false, code: 'internal' } }]);
  });

  it('takes the port from a peer over its budget', async () => {
    const [victim, peer] = makeLine();
    const onClose = vi.fn();
    serve({ port: victim, contract: toy, handlers, onClose });
    for (let i = 0; i < 40; i += 1) peer.postMessage({ i });
    await vi.waitFor(() => expect(onClose.mock.calls).toStrictEqual([['budget']]));
  });

  it('refuses calls over the pending limit', async () => {
    const [victim, peer] = makeLine();
    serve({ port: victim, contract: toy, handlers });
    const answers: unknown[] = [];
    peer.addEventListener('message', (event) => answers.push(event.data));
    peer.start();
    for (let i = 0; i < 65; i += 1) {
      peer.postMessage({ id: `${i}`, type: 'APPLY', path: ['hang'], argumentList: [] });
    }
    await vi.waitFor(() => expect(answers).toStrictEqual([{ ...refusedReply, id: '64' }]));
  });
});

/** A caller whose peer is `reply`, who sees each request and may post anything back. */
function makeCaller(reply: (request: { id: string }, port: MessagePort) => void) {
  const [mine, peer] = makeLine();
  peer.addEventListener('message', (event) => reply(event.data, peer));
  peer.start();
  return openCaller(mine, toy);
}

describe('attacks on a caller', () => {
  it.each([
    ['a value of the wrong kind', { type: 'RAW', value: { ok: true, value: 1 } }, 'protocol'],
    ['a bare value', { type: 'RAW', value: 'pong' }, 'protocol'],
    ['an error it made up', { type: 'RAW', value: { ok: false, code: secret } }, 'protocol'],
    ['a refusal', { type: 'RAW', value: { ok: false, code: 'refused' } }, 'refused'],
    ['a handler', { type: 'HANDLER', name: 'throw', value: {} }, 'timeout'],
    ['an extra key', { type: 'RAW', value: { ok: true, value: 'a' }, x: 1 }, 'timeout'],
  ])('rejects when the peer answers with %s', async (_, answer, code) => {
    const caller = makeCaller(({ id }, port) => port.postMessage({ ...answer, id }));
    await expect(caller.remote.ping('a')).rejects.toMatchObject({ name: 'BridgeError', code });
  });

  it('ignores a reply under an id it did not send', async () => {
    const caller = makeCaller((_, port) =>
      port.postMessage({ id: 'guess', type: 'RAW', value: { ok: true, value: 'forged' } }),
    );
    await expect(caller.remote.hang()).rejects.toMatchObject({ code: 'timeout' });
  });

  it('rejects all that is under way when closed, and every call after', async () => {
    const caller = makeCaller(() => {});
    const first = caller.remote.ping('a');
    await Promise.resolve();
    caller.close();
    await expect(first).rejects.toMatchObject({ code: 'closed' });
    await expect(caller.remote.ping('b')).rejects.toMatchObject({ code: 'closed' });
  });

  it('rejects what cannot be sent, and waits for no answer to it', async () => {
    const seen = vi.fn();
    const caller = makeCaller(seen);
    const word = (() => {}) as unknown as string;
    await expect(caller.remote.ping(word)).rejects.toMatchObject({ name: 'DataCloneError' });
    expect(seen).not.toHaveBeenCalled();
  });

  it('uses an id that cannot be guessed', async () => {
    const ids: string[] = [];
    const caller = makeCaller(({ id }) => ids.push(id));
    await caller.remote.hang().catch(() => {});
    expect(ids[0]).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  });
});

describe('with Comlink itself at the other end', () => {
  it('answers its calls', async () => {
    const [a, b] = makeLine();
    serve({ port: a, contract: toy, handlers });
    const api = wrap<{ ping(word: string): unknown }>(b);
    expect(await api.ping('you')).toStrictEqual({ ok: true, value: 'pong you' });
  });

  it('calls what it exposes', async () => {
    const [a, b] = makeLine();
    expose({ ping: (word: string) => ({ ok: true, value: `pong ${word}` }) }, a);
    expect(await openCaller(b, toy).remote.ping('you')).toBe('pong you');
  });
});

describe('both ends together', () => {
  it('refuses arguments where they are answered, and never at the cost of the port', async () => {
    const [a, b] = makeLine();
    serve({ port: a, contract: toy, handlers });
    const { remote } = openCaller(b, toy);
    for (let round = 0; round < 40; round += 1) {
      await expect(remote.ping('123456789')).rejects.toMatchObject({ code: 'refused' });
    }
    expect(await remote.ping('you')).toBe('pong you');
  });

  it('carries a call and its result', async () => {
    const [a, b] = makeLine();
    serve({ port: a, contract: toy, handlers });
    expect(await openCaller(b, toy).remote.ping('you')).toBe('pong you');
  });

  it('carries events one way and only as declared', async () => {
    const [a, b] = makeLine();
    const schema = z.strictObject({ type: z.literal('tick') });
    const seen = vi.fn();
    receiveEvents(b, schema, seen);
    const send = sendEvents(a, schema);
    send({ type: 'tick' });
    send({ type: 'tick', number: secret } as { type: 'tick' });
    a.postMessage({ type: 'tock' });
    await vi.waitFor(() => expect(seen.mock.calls).toStrictEqual([[{ type: 'tick' }]]));
  });
});
