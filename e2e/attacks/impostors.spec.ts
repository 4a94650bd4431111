import type { Page } from '@playwright/test';
import { attack, saw } from '../support/attack.ts';
import { sidOf } from '../support/handwritten-handshake.ts';
import { expect, openCard, test, typeCard } from '../support/merchant.ts';

/** Puts a frame of the page under the controller's name as soon as the session is known. */
const IMPOSTOR = `
  window.stolen = [];
  new MutationObserver((records) => {
    for (const { addedNodes } of records) {
      for (const { src } of addedNodes) {
        if (!src?.includes('/field#') || window.impostor) continue;
        const sid = new URLSearchParams(new URL(src).hash.slice(1)).get('sid');
        window.impostor = document.createElement('iframe');
        impostor.name = 'hushfield-' + sid;
        document.body.prepend(impostor);
        impostor.contentWindow.addEventListener('message', ({ data }) => stolen.push(data));
        impostor.contentWindow.postMessage('control', '*');
      }
    }
  }).observe(document, { childList: true, subtree: true });`;

const stolenBy = (page: Page) => page.evaluate((): unknown => Reflect.get(window, 'stolen'));

test(
  'gives an impostor under the controller’s name nothing, and finds the true one when it goes',
  attack(
    [2, 3],
    'a frame of the page stands under the controller’s name before the controller does',
  ),
  async ({ page, merchant }) => {
    await openCard(page, merchant.cardPage({ prelude: IMPOSTOR }));
    await typeCard(page);
    await page.evaluate(() => {
      const answer = Reflect.get(window, 'elements').tokenize();
      Object.assign(window, { answer, state: 'pending' });
      answer.then(() => Object.assign(window, { state: 'settled' }));
    });
    await page.waitForTimeout(1_500);
    // The field knocks at the impostor's door: that is why the page waits.
    expect(await page.evaluate(() => Reflect.get(window, 'state'))).toBe('pending');
    expect(await stolenBy(page)).toStrictEqual(['control']);
    await page.evaluate(() => Reflect.get(window, 'impostor').remove());
    const answer: { token?: { id: string } } = await page.evaluate(() =>
      Reflect.get(window, 'answer'),
    );
    expect(answer.token?.id).toMatch(/^tok_test_/);
    saw('0 messages to the impostor; the typed card was paid once it was gone');
  },
);

const TRICKS = ['none', 'rename', 'rename and back', 'move', 'remove', 'reload'] as const;
type Trick = (typeof TRICKS)[number];

/**
 * Adds a frame under the controller's name, does something to the true one, lets the card be paid
 * meanwhile, and takes the frame away again.
 */
async function playTrick({ sid, trick }: { sid: string; trick: Trick }) {
  const name = `hushfield-${sid}`;
  const real = document.querySelector<HTMLIFrameElement>(`iframe[name="${name}"]`);
  const impostor = document.createElement('iframe');
  if (!real) throw new Error('no controller');
  const tricks: Record<Trick, () => void> = {
    none: () => {},
    rename: () => real.setAttribute('name', 'nobody'),
    'rename and back': () => real.setAttribute('name', 'nobody'),
    move: () => document.body.prepend(real),
    remove: () => real.remove(),
    reload: () => real.setAttribute('src', real.src),
  };
  const stolen: unknown[] = [];
  impostor.name = name;
  document.body.append(impostor);
  impostor.contentWindow?.addEventListener('message', ({ data }) => stolen.push(data));
  impostor.contentWindow?.postMessage('control', '*');
  tricks[trick]();
  const elements = Reflect.get(window, 'elements');
  const early = elements.tokenize();
  await new Promise((resolve) => setTimeout(resolve, 1_200));
  impostor.remove();
  if (trick === 'rename and back') real.setAttribute('name', name);
  const first = await early;
  const { token, error } = first.token ? first : await elements.tokenize();
  return { stolen, outcome: String(token?.id ?? error?.code) };
}

test(
  'gives an impostor nothing whatever happens to the true controller, and pays after it',
  attack(
    [2, 3],
    'the controller is renamed, moved, removed, reloaded with a same-named frame beside it',
    '@full',
  ),
  async ({ page, merchant }) => {
    test.setTimeout(120_000);
    await openCard(page, merchant.cardPage());
    for (const trick of TRICKS) {
      await page.evaluate(() => Reflect.get(window, 'fresh')());
      await expect(page.locator('iframe[name^=hushfield-]')).toBeAttached();
      await typeCard(page);
      const { stolen, outcome } = await page.evaluate(playTrick, { sid: await sidOf(page), trick });
      expect(stolen, trick).toStrictEqual(['control']);
      expect(outcome, trick).toMatch(/^tok_test_/);
    }
    saw(`${TRICKS.length} tricks, 0 messages to the impostor, every card paid`);
  },
);
