import { expect, it, vi } from 'vitest';
import { Emitter } from './emitter.ts';

type Events = { ping: number; pong: string };

it('calls listeners until they are taken off', () => {
  const emitter = new Emitter<Events>();
  const seen = vi.fn();
  const off = emitter.on('ping', seen);
  emitter.on('pong', seen);
  emitter.emit('ping', 1);
  off();
  emitter.emit('ping', 2);
  expect(seen.mock.calls).toStrictEqual([[1]]);
});

it('calls a once-listener once, and not at all when taken off before', () => {
  const emitter = new Emitter<Events>();
  const seen = vi.fn();
  const never = vi.fn();
  emitter.once('ping', seen);
  emitter.once('ping', never)();
  emitter.once('ping', () => {});
  emitter.emit('ping', 1);
  emitter.emit('ping', 2);
  expect([seen.mock.calls, never.mock.calls]).toStrictEqual([[[1]], []]);
});

it('takes off by itself what listens once', () => {
  const emitter = new Emitter<Events>();
  const seen = vi.fn();
  emitter.once('ping', seen);
  emitter.off('ping', seen);
  emitter.emit('ping', 1);
  expect(seen).not.toHaveBeenCalled();
});

it('goes on telling who listens for good, also when asked to tell them once', () => {
  const emitter = new Emitter<Events>();
  const seen = vi.fn();
  emitter.on('ping', seen);
  emitter.once('ping', seen);
  emitter.emit('ping', 1);
  emitter.emit('ping', 2);
  expect(seen.mock.calls).toStrictEqual([[1], [2]]);
});

it('hears a listener again that puts itself back', () => {
  const emitter = new Emitter<Events>();
  const seen: number[] = [];
  const again = (ping: number) => {
    seen.push(ping);
    emitter.once('ping', again);
  };
  emitter.once('ping', again);
  emitter.emit('ping', 1);
  emitter.emit('ping', 2);
  expect(seen).toStrictEqual([1, 2]);
});

it('reports a listener that throws and calls the others', () => {
  const reported = vi.fn();
  vi.stubGlobal('reportError', reported);
  const emitter = new Emitter<Events>();
  const seen = vi.fn();
  emitter.on('ping', () => {
    throw new Error('mine');
  });
  emitter.on('ping', seen);
  emitter.emit('ping', 1);
  expect([seen.mock.calls.length, reported.mock.calls.length]).toStrictEqual([1, 1]);
  vi.unstubAllGlobals();
});
