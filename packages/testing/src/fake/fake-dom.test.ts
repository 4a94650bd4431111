import { Window } from 'happy-dom';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { cards } from '../cards/index.ts';
import type { FakeHushfield } from './index.ts';

/** A page by another's hand, as unit tests of components have. */
const window = new Window();
let fake: FakeHushfield;

beforeAll(async () => {
  for (const name of ['document', 'Element', 'HTMLElement', 'CustomEvent'] as const) {
    vi.stubGlobal(name, window[name]);
  }
  const { fakeHushfield } = await import('./index.ts');
  fake = fakeHushfield();
});

afterAll(() => vi.unstubAllGlobals());

it('keeps classes and a sign in the container, and takes them out again', async () => {
  document.body.innerHTML = '<div id="card"></div>';
  const container = document.querySelector('#card');
  const card = fake.elements().create('card');
  await card.mount('#card');
  expect(container?.className).toContain('hushfield--empty');
  expect(container?.querySelector('[data-hushfield-fake=card]')?.textContent).toBe('Fake of card');
  await fake.fillCard(cards.visa);
  expect(container?.className).toContain('hushfield--complete');
  card.unmount();
  expect(container?.outerHTML).toBe('<div id="card"></div>');
});

it('mounts anew in a container that the page has emptied', async () => {
  document.body.innerHTML = '<div id="card"></div>';
  const card = fake.elements().create('card');
  await card.mount('#card');
  document.querySelector('#card')?.replaceChildren();
  await card.mount('#card');
  expect(document.querySelectorAll('[data-hushfield-fake]')).toHaveLength(1);
  await expect(card.mount('#elsewhere')).rejects.toThrow('No element matches');
});

it('shows what a shopper reads where a mount fails, and loads again by its button', async () => {
  document.body.innerHTML = '<div id="card"></div>';
  fake.failNextMount('frame_timeout');
  const card = fake.elements().create('card', { fallback: { message: 'Gone.', retry: 'Again' } });
  await expect(card.mount('#card')).rejects.toMatchObject({ code: 'frame_timeout' });
  expect(document.querySelector('[role=alert]')?.textContent).toBe('Gone. Again');
  document.querySelector('button')?.click();
  await vi.waitFor(() => expect(document.querySelector('[aria-busy]')).toBeNull());
  expect(document.querySelector('[role=alert]')).toBeNull();
  expect(document.querySelector('[data-hushfield-fake]')).not.toBeNull();
});

it('lets events bubble, and Enter submit the form', async () => {
  document.body.innerHTML = '<form><div id="card"></div></form>';
  const seen: string[] = [];
  document.addEventListener('hushfield:submit', ({ type }) => seen.push(type));
  document.querySelector('form')?.addEventListener('submit', (event) => {
    event.preventDefault();
    seen.push(event.type);
  });
  await fake.elements().create('card').mount('#card');
  await fake.press('cvc', 'Enter');
  expect(seen).toStrictEqual(['hushfield:submit', 'submit']);
});
