// @vitest-environment jsdom
import type * as Sdk from '@hushfield/sdk';
import { HushfieldError, loadHushfield } from '@hushfield/sdk';
import { beforeEach, expect, it, vi } from 'vitest';
import { cards, refusedCards } from '../cards/index.ts';
import { fakeHushfield } from './index.ts';

/* A merchant's own unit test, of a checkout that knows nothing of a fake. */

const fake = fakeHushfield();
vi.mock('@hushfield/sdk', async (original) => ({
  ...(await original<typeof Sdk>()),
  loadHushfield: vi.fn(async () => fake),
}));

/** The checkout of such a merchant. */
async function startCheckout(order: (token: string) => void): Promise<void> {
  const hushfield = await loadHushfield('pk_test_1', { fieldsOrigin: 'https://fields.example' });
  const elements = hushfield?.elements();
  const card = elements?.create('card', { fields: ['number', 'expiry', 'cvc'] });
  await card?.mount('#card');
  const button = document.querySelector('button');
  const problem = document.querySelector('p');
  card?.on('change', ({ empty }) => button?.toggleAttribute('disabled', empty));
  const pay = async () => {
    const answer = await elements?.tokenize();
    if (answer?.token) order(answer.token.id);
    else if (problem) problem.textContent = answer?.error?.message ?? '';
  };
  document.querySelector('form')?.addEventListener('submit', (event) => {
    event.preventDefault();
    void pay();
  });
}

const order = vi.fn<(token: string) => void>();
const button = () => document.querySelector('button');

beforeEach(async () => {
  order.mockClear();
  document.body.innerHTML = `<form><div id="card"></div><p role="alert"></p>
    <button disabled>Pay</button></form>`;
  await startCheckout(order);
});

it('stands in a document by jsdom', () => {
  expect(navigator.userAgent).toContain('jsdom');
  expect(document.querySelector('#card')?.className).toContain('hushfield--empty');
  expect(document.querySelector('#card iframe')).toBeNull();
});

it('orders with a token once the card is complete', async () => {
  await fake.fillCard(cards.visa);
  expect(button()?.disabled).toBe(false);
  button()?.click();
  await vi.waitFor(() => expect(order).toHaveBeenCalledWith(expect.stringMatching(/^tok_test_/)));
});

it('orders nothing by Enter while the button is disabled', async () => {
  await fake.fillCard(cards.visa);
  const before = fake.calls.length;
  button()?.toggleAttribute('disabled', true);
  await fake.press('cvc', 'Enter');
  expect(fake.calls.length).toBe(before);
});

it('orders by Enter in a field', async () => {
  await fake.fillCard(cards.visa);
  await fake.press('cvc', 'Enter');
  await vi.waitFor(() => expect(order).toHaveBeenCalledOnce());
});

it('says what is wrong, and what failed, and pays at the second try', async () => {
  await fake.fillCard(refusedCards.expired);
  await fake.press('cvc', 'Enter');
  const alert = document.querySelector('[role=alert]');
  await vi.waitFor(() => expect(alert?.textContent).toMatch(/expired/));
  await fake.fillCard(cards.visa);
  fake.failNext('network_error');
  button()?.click();
  await vi.waitFor(() => expect(alert?.textContent).not.toMatch(/expired/));
  expect(order).not.toHaveBeenCalled();
  button()?.click();
  await vi.waitFor(() => expect(order).toHaveBeenCalledOnce());
});

it('hears events in the page, and errors of the class that it imports', async () => {
  const heard: unknown[] = [];
  document.addEventListener('hushfield:change', (event) => heard.push(event));
  await fake.type('number', '4242');
  expect(heard[0]).toBeInstanceOf(CustomEvent);
  document.body.innerHTML = '<div id="card"></div>';
  fake.failNextMount('frame_timeout');
  const card = fake.elements().create('card');
  await expect(card.mount('#card')).rejects.toBeInstanceOf(HushfieldError);
  document.querySelector<HTMLElement>('[role=alert] button')?.click();
  await vi.waitFor(() => expect(document.querySelector('[data-hushfield-fake]')).not.toBeNull());
  card.destroy();
  expect(document.querySelector('#card')?.outerHTML).toBe('<div id="card"></div>');
});

it('does no harm to fake timers', async () => {
  vi.useFakeTimers();
  try {
    await fake.fillCard(cards.amex);
    button()?.click();
    await vi.waitFor(() => expect(order).toHaveBeenCalledOnce());
  } finally {
    vi.useRealTimers();
  }
});
