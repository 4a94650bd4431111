import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { FieldEvent, type FieldName } from '@hushfield/contract/frame';
import { cardRules } from './card-rules.ts';
import { FieldModel } from './field-state.ts';
import { Networks } from './networks.ts';

const NOW = Date.UTC(2026, 10, 23) / 1000;

/** As before any controller has said what is taken. */
const ANY = new Networks(
  () => [],
  () => true,
);

function makeModel(values: Partial<Record<FieldName, string>> = {}, binDigits = 0) {
  const more = (['name', 'postalCode'] as const).filter((name) => name in values);
  const model = new FieldModel(
    cardRules(ANY, () => binDigits),
    () => NOW,
    (code) => `${code} in words`,
  );
  model.show('card', ['number', 'expiry', 'cvc', ...more]);
  for (const [name, text] of Object.entries(values)) model.edit(name as 'number', text);
  return model;
}

const good = { number: '4242 4242 4242 4242', expiry: '12 / 30', cvc: '123' };

/** All that an element hands over. */
function given(values: Parameters<typeof makeModel>[0]) {
  const model = makeModel(values);
  return model.collected(model.fields);
}

describe('what the controller is given', () => {
  it('gives a security code alone, and judges no other input for it', () => {
    const model = makeModel({ number: '4242 42', expiry: '1', cvc: '123' });
    expect(model.collected(['cvc'])).toStrictEqual({ cvc: '123', errors: [] });
    // Nor does a number beside it say how long the code of a saved card must be.
    const amex = makeModel({ ...good, number: '3782 822463 10005' });
    expect(amex.collected(['cvc'])).toStrictEqual({ cvc: '123', errors: [] });
    expect(amex.collected(['number', 'cvc']).errors).toHaveLength(1);
    const [error] = makeModel({ ...good, cvc: '1' }).collected(['cvc']).errors;
    expect(error).toStrictEqual({ field: 'cvc', code: 'incomplete_cvc' });
    model.check(['cvc']);
    expect(model.errorOf('number')).toBeUndefined();
  });

  it('gives digits and dates, not what was displayed', () => {
    const values = { ...good, name: '  Ann  Example ', postalCode: ' sw1a  1aa' };
    expect(given(values)).toStrictEqual({
      number: '4242424242424242',
      expiry: { month: 12, year: 2030 },
      cvc: '123',
      name: 'Ann  Example',
      postalCode: 'SW1A 1AA',
      errors: [],
    });
  });

  it.each([
    ['nothing at all', {}, ['incomplete_number', 'incomplete_expiry', 'incomplete_cvc']],
    ['half a number', { ...good, number: '4242 42' }, ['incomplete_number']],
    ['a wrong number', { ...good, number: '5555 5555 5555 4445' }, ['invalid_number']],
    ['a card of last year', { ...good, expiry: '11 / 25' }, ['expired_card']],
    ['half an expiry', { ...good, expiry: '1' }, ['incomplete_expiry']],
    ['a month that is none', { ...good, expiry: '13 / 30' }, ['invalid_expiry']],
    [
      'three digits where Amex has four',
      { ...good, number: '378282246310005' },
      ['incomplete_cvc'],
    ],
    ['an empty name', { ...good, name: '' }, ['required_field']],
    ['a number as name', { ...good, name: '4242424242424242' }, ['invalid_name']],
    ['an empty postal code', { ...good, postalCode: ' ' }, ['required_field']],
    ['half a postal code', { ...good, postalCode: '8' }, ['invalid_postal_code']],
    ['a number as postal code', { ...good, postalCode: good.number }, ['invalid_postal_code']],
  ])('gives no value but the errors for %s', (_, values, codes) => {
    const collected = given(values);
    expect(collected.errors.map((error) => error.code)).toStrictEqual(codes);
    expect(Object.keys(collected)).toStrictEqual(['errors']);
  });
});

describe('what a page may see', () => {
  it('fits the list of observables, whatever is typed', () => {
    fc.assert(
      fc.property(
        fc.string(),
        fc.string(),
        fc.string(),
        fc.string(),
        (number, expiry, cvc, name) => {
          const model = makeModel({ number, expiry, cvc, name });
          model.check(model.fields);
          const told = { type: 'change', state: model.observe() };
          expect(FieldEvent.safeParse(told).success).toBe(true);
        },
      ),
    );
  });

  it.each([
    ['4242 4242 4242 4242', 8, '42424242'],
    ['4242 4242 4242 4242', 6, '424242'],
    ['4242 4242 4242 4242', 0, undefined],
    ['4242 4242 4242 4241', 8, undefined],
  ])('of %s shows a BIN by %i digits once it is done, and not before', (number, digits, bin) => {
    const model = makeModel({ number }, digits);
    expect(model.observe()).not.toHaveProperty('bin');
    model.leave('number', true);
    expect(model.observe().bin).toBe(bin);
    model.edit('number', number.slice(1));
    expect(model.observe()).not.toHaveProperty('bin');
  });

  it.each([
    ['3782 822463 10005', '378282'],
    ['6200 0000 0000 0005', '620000'],
    ['5555 5555 5555 4444', '55555555'],
  ])('shows the BIN of %s at rest, though it is valid at once or may grow', (number, bin) => {
    const model = makeModel({ number }, 8);
    expect(model.observe()).not.toHaveProperty('bin');
    model.finish('number');
    expect(model.observe().bin).toBe(bin);
  });

  it('shows another BIN where another number is typed in the place of the first', () => {
    const model = makeModel({ number: '4242 4242 4242 4242' }, 8);
    model.leave('number', true);
    expect(model.observe().bin).toBe('42424242');
    for (const number of ['5', '5555 5555 5555 4444']) model.edit('number', number);
    model.leave('number', true);
    expect(model.observe().bin).toBe('55555555');
  });

  it('attacks: shows the digits of one number only, however it is edited and left', () => {
    // Each is valid; dropping the first three of the first leaves a whole Mastercard.
    const first = fc.constantFrom('6205144372424559358', '4539148803436467', '378282246310005');
    const cut = fc.record({
      from: fc.nat(4),
      count: fc.nat(3),
      put: fc.stringMatching(/^\d{0,3}$/),
    });
    const done = fc.constantFrom('leave', 'check', 'finish', 'filled', 'nothing');
    fc.assert(
      fc.property(first, fc.array(fc.tuple(cut, done)), (typed, edits) => {
        let number = typed;
        const model = makeModel({ number }, 8);
        model.leave('number', true);
        const told = new Set([model.observe().bin?.slice(0, 6)]);
        for (const [{ from, count, put }, how] of edits) {
          number = number.slice(0, from) + put + number.slice(from + count);
          if (number.length <= 6) return;
          model.edit('number', number);
          if (how === 'leave') model.leave('number', true);
          else if (how === 'check') model.check(['number']);
          else if (how === 'finish') model.finish('number');
          else if (how === 'filled') model.filled('number');
          const { bin } = model.observe();
          if (bin !== undefined) told.add(bin.slice(0, 6));
        }
        expect(told.size).toBe(1);
      }),
      { numRuns: 2_000 },
    );
  });

  it('holds no run of typed digits', () => {
    const digit = fc.constantFrom(...'0123456789');
    fc.assert(
      fc.property(fc.string({ unit: digit, minLength: 12, maxLength: 19 }), (number) => {
        const model = makeModel({ ...good, number });
        model.leave('number', true);
        expect(JSON.stringify(model.observe())).not.toMatch(/\d{3}/);
      }),
    );
  });

  it.each(['4242 4242 4242 4242', '4242 4242 4242 4241'])(
    'is the same for right and wrong numbers while they are typed: %s',
    (number) => {
      const model = makeModel({ number });
      model.focus('number');
      expect(model.observe().fields.number).toStrictEqual({
        empty: false,
        complete: false,
        valid: false,
        potentiallyValid: true,
        focused: true,
      });
    },
  );

  it('tells validity once the number was left', () => {
    const model = makeModel({ number: '4242 4242 4242 4241' });
    model.leave('number', true);
    expect(model.observe().fields.number?.error?.code).toBe('invalid_number');
    const amex = makeModel({ number: '3782 822463 10006' });
    amex.leave('number', true);
    expect(amex.observe().fields.number?.error?.code).toBe('invalid_number');
  });

  it('tells validity at the longest length of the brand', () => {
    expect(makeModel({ number: '378282246310005' }).observe().fields.number?.valid).toBe(true);
  });

  it('stays silent about an input that was visited and left empty', () => {
    const model = makeModel();
    model.focus('number');
    model.leave('number', true);
    expect(model.observe().error).toBeUndefined();
  });

  it('shows the page its own message until the next edit', () => {
    const model = makeModel(good);
    model.note('number', 'The bank said no.');
    expect(model.observe().error?.message).toBe('The bank said no.');
    model.edit('number', '4');
    expect(model.observe().error).toBeUndefined();
  });

  it('is as new after clear', () => {
    const model = makeModel(good);
    model.check(model.fields);
    model.clear();
    expect(model.observe()).toStrictEqual(makeModel().observe());
  });
});

describe('when typing goes on in the next input', () => {
  it.each([
    ['number', '4242 4242 4242 4242', true],
    ['number', '4242 4242 4242 4241', false],
    ['number', '4222 2222 2222 2', false],
    ['number', '3782 822463 10005', true],
    ['number', '6200 0000 0000 0000', false],
    ['number', '6759 6498 2643 8453', false],
    ['expiry', '12 / 30', true],
    ['expiry', '12 / 3', false],
    ['cvc', '123', true],
    ['cvc', '12', false],
  ] as const)('%s %s: %s', (name, text, full) => {
    expect(makeModel({ [name]: text }).isFull(name)).toBe(full);
  });
});

describe('a number that is being typed', () => {
  beforeEach(() => vi.useFakeTimers());
  afterEach(() => vi.useRealTimers());

  it('may not be judged until typing has rested', () => {
    const model = makeModel();
    model.focus('number');
    model.edit('number', '4222 2222 2222 2');
    expect(model.restIn()).toBeGreaterThan(600);
    vi.advanceTimersByTime(500);
    model.edit('number', '4222 2222 2222 22');
    vi.advanceTimersByTime(500);
    expect(model.restIn()).toBeGreaterThan(0);
    vi.advanceTimersByTime(200);
    expect(model.restIn()).toBe(0);
  });

  it('says nothing when the page takes focus away, until it has rested', () => {
    const model = makeModel();
    model.focus('number');
    model.edit('number', '4222 2222 2222 2');
    model.leave('number', false);
    expect(model.observe().fields.number).toMatchObject({ valid: false, potentiallyValid: true });
    expect(model.restIn()).toBeGreaterThan(600);
    vi.advanceTimersByTime(710);
    expect(model.observe().fields.number).toMatchObject({ valid: true });
  });

  it('says nothing of a beginning when typing goes on in time', () => {
    const model = makeModel();
    model.focus('number');
    model.edit('number', '4222 2222 2222 2');
    model.leave('number', false);
    model.focus('number');
    vi.advanceTimersByTime(300);
    model.edit('number', '4222 2222 2222 23');
    vi.advanceTimersByTime(650);
    expect(model.observe().fields.number).toMatchObject({ valid: false });
  });

  it.each([
    ['unfocused, which nobody will leave', false, 'invalid_number'],
    ['focused, which its shopper has yet to leave', true, undefined],
  ])('is judged once it was filled and has rested: %s', (_, focused, shown) => {
    const model = makeModel();
    if (focused) model.focus('number');
    model.edit('number', '4242 4242 4242 4241');
    model.filled('number');
    const { number } = model.observe().fields;
    expect(number).toMatchObject({ potentiallyValid: true, focused });
    vi.advanceTimersByTime(710);
    expect(model.observe().fields.number).toMatchObject({ potentiallyValid: true, valid: false });
    expect(model.errorOf('number')?.code).toBe(shown);
    model.edit('number', '4242 4242 4242 4242');
    model.filled('number');
    expect(model.observe().valid).toBe(false);
    vi.advanceTimersByTime(710);
    expect(model.observe().fields.number).toMatchObject({ valid: true, focused });
  });

  it('is not judged when typing goes on after it was filled', () => {
    const model = makeModel();
    model.focus('number');
    model.edit('number', '4222 2222 2222');
    model.filled('number');
    vi.advanceTimersByTime(300);
    model.edit('number', '4222 2222 2222 2');
    vi.advanceTimersByTime(2_000);
    expect(model.observe().fields.number).toMatchObject({ valid: false });
    model.leave('number', true);
    expect(model.observe().fields.number).toMatchObject({ valid: true });
  });

  it('is wrong in nothing where a filling is taken back', () => {
    const model = makeModel();
    model.edit('number', '4242 4242 4242 4242');
    model.filled('number');
    model.edit('number', '');
    model.filled('number');
    vi.advanceTimersByTime(710);
    expect(model.observe().error).toBeUndefined();
  });

  it('shows no refusal over what is typed by then', () => {
    const model = makeModel();
    model.focus('number');
    model.edit('number', '4242');
    model.reject('number', 'incomplete_number');
    expect(model.errorOf('number')).toBeUndefined();
  });

  it.each([
    ['left', (model: FieldModel) => model.leave('number', true)],
    ['ended by Enter', (model: FieldModel) => model.finish('number')],
    ['emptied', (model: FieldModel) => model.clear(['number'])],
  ])('may be judged at once when it was %s', (_, end) => {
    const model = makeModel();
    model.focus('number');
    model.edit('number', '4222 2222 2222 2');
    end(model);
    expect(model.restIn()).toBe(0);
  });
});

it('holds and takes nothing once it is locked', async () => {
  const model = makeModel(good);
  model.lock();
  model.edit('number', good.number);
  expect(model.text('number')).toBe('');
  expect(model.collected(model.fields)).toStrictEqual({
    errors: [{ field: 'number', code: 'focus_lost' }],
  });
  await expect(model.whenLocked).resolves.toBeUndefined();
});

it.each([
  ['everything', good, true],
  ['all but the code', { ...good, cvc: '12' }, false],
  [
    'a wrong number, which length alone must tell',
    { ...good, number: '4242 4242 4242 4241' },
    true,
  ],
])('is done when nothing is left to type: %s', (_, values, done) => {
  expect(makeModel(values).isDone()).toBe(done);
});

it('forgets what stood in an input that is taken out', () => {
  const model = makeModel(good);
  model.show('card', ['number', 'expiry']);
  model.show('card', ['number', 'expiry', 'cvc']);
  expect(model.text('cvc')).toBe('');
});

it('forgets everything on clear, also what is not shown', () => {
  const model = new FieldModel(
    cardRules(ANY, () => 0),
    () => NOW,
    (code) => `${code} in words`,
  );
  model.show('card', ['number']);
  model.edit('cvc', '123');
  model.clear();
  expect(model.text('cvc')).toBe('');
});
