import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { ShownState } from './shown-state.ts';

const SHOWN = { lines: [{ field: 'number', text: '4242424242424242' }], seconds: 60 } as const;

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

function shown() {
  const changed = vi.fn<() => void>();
  const state = new ShownState(changed);
  state.show({ ...SHOWN, lines: [...SHOWN.lines] });
  return { state, changed };
}

it('is over when its time is, and is looked at no more', () => {
  const { state, changed } = shown();
  vi.advanceTimersByTime(59_000);
  expect(state.lines).toHaveLength(1);
  vi.advanceTimersByTime(1_000);
  expect(state.lines).toStrictEqual([]);
  expect(changed).toHaveBeenCalledTimes(2);
  expect(vi.getTimerCount()).toBe(0);
});

it('attacks: a machine that slept shows nothing a second after it woke', () => {
  const { state } = shown();
  // Timers stand while it sleeps, the clock on the wall does not.
  vi.setSystemTime(Date.now() + 3_600_000);
  expect(state.lines).toHaveLength(1);
  vi.advanceTimersByTime(1_000);
  expect(state.lines).toStrictEqual([]);
});

it('attacks: a clock that is set back shows nothing for longer', () => {
  const { state } = shown();
  vi.setSystemTime(Date.now() - 3_600_000);
  vi.advanceTimersByTime(60_000);
  expect(state.lines).toStrictEqual([]);
});

it('counts anew for what is shown next', () => {
  const { state } = shown();
  vi.advanceTimersByTime(40_000);
  state.show({ ...SHOWN, lines: [...SHOWN.lines] });
  vi.advanceTimersByTime(40_000);
  expect(state.lines).toHaveLength(1);
  state.hide();
  expect(vi.getTimerCount()).toBe(0);
});

it('tells of what is shown that it is, and nothing else', () => {
  const { state } = shown();
  const told = JSON.stringify(state.observe('reveal'));
  state.show({ lines: [{ field: 'text', text: 'K1' }], seconds: 5 });
  expect(JSON.stringify(state.observe('reveal'))).toBe(told);
});
