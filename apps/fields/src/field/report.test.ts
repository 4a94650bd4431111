import type { FieldEvent } from '@hushfield/contract/frame';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { cardRules } from './card-rules.ts';
import { FieldModel } from './field-state.ts';
import { Networks } from './networks.ts';
import { Reporter } from './report.ts';

/** As before any controller has said what is taken. */
const ANY = new Networks(
  () => [],
  () => true,
);

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

function makeReporter() {
  const model = new FieldModel(
    cardRules(ANY, () => 0),
    () => 1_795_000_000,
    (code) => code,
  );
  model.show('card', ['number', 'expiry', 'cvc']);
  const sent: { event: FieldEvent; at: number }[] = [];
  const reporter = new Reporter(model);
  reporter.connect((event) => sent.push({ event, at: performance.now() }));
  vi.advanceTimersByTime(200);
  return { model, reporter, sent };
}

describe('what leaves a field, and when', () => {
  it('says nothing before anything happened', () => {
    expect(makeReporter().sent).toStrictEqual([]);
  });

  it('makes one event of many keys, on a tick', () => {
    const { model, sent } = makeReporter();
    for (const text of ['4', '42', '424', '4242']) {
      vi.advanceTimersByTime(7);
      model.edit('number', text);
    }
    vi.advanceTimersByTime(500);
    expect(sent.map(({ event, at }) => [event.type, at % 100])).toStrictEqual([['change', 0]]);
  });

  it('says nothing when an edit changes no observable', () => {
    const { model, sent } = makeReporter();
    model.edit('number', '4242');
    vi.advanceTimersByTime(200);
    sent.length = 0;
    model.edit('number', '4242 4242 4242 424');
    vi.advanceTimersByTime(200);
    expect(sent).toStrictEqual([]);
  });

  it('tells of moving from one input to the next as leaving, then entering', () => {
    const { model, sent } = makeReporter();
    model.focus('number');
    vi.advanceTimersByTime(200);
    model.leave('number', true);
    model.focus('expiry');
    vi.advanceTimersByTime(200);
    const told = sent.map(({ event }) => [event.type, 'field' in event ? event.field : '']);
    expect(told).toStrictEqual([
      ['focus', 'number'],
      ['blur', 'number'],
      ['focus', 'expiry'],
    ]);
  });

  it('sends what was pressed after the state it was pressed in', () => {
    const { model, reporter, sent } = makeReporter();
    model.edit('cvc', '123');
    reporter.tell({ type: 'submit', field: 'cvc' });
    vi.advanceTimersByTime(200);
    expect(sent.map(({ event }) => event.type)).toStrictEqual(['change', 'submit']);
  });

  it('tells the page, once it has connected, what was typed before', () => {
    const model = new FieldModel(
      cardRules(ANY, () => 0),
      () => 1_795_000_000,
      (code) => code,
    );
    model.show('card', ['number', 'expiry', 'cvc']);
    const reporter = new Reporter(model);
    model.edit('number', '4242');
    vi.advanceTimersByTime(300);
    const sent: FieldEvent[] = [];
    reporter.connect((event) => sent.push(event));
    vi.advanceTimersByTime(200);
    expect(sent).toStrictEqual([{ type: 'change', state: model.observe() }]);
  });

  it('loses no key to a redraw in the same tick', () => {
    const { model, sent } = makeReporter();
    model.edit('number', '4');
    model.show('card', ['number', 'expiry']);
    vi.advanceTimersByTime(200);
    expect(sent.at(-1)?.event).toStrictEqual({ type: 'change', state: model.observe() });
  });
});
