import type { FrameLocator, Page } from '@playwright/test';
import { type Card, VISA } from './cards.ts';
import type { Answer, Merchant } from './merchant.ts';

/** What a page does to one group of its elements, as JavaScript with `frame`, `sid` and `evil` at hand. */
export type Trick = {
  readonly name: string;
  readonly to?: 'field' | 'controller';
  /** Runs just before the iframe comes into the document. */
  readonly before?: string;
};

/**
 * A script that gets hold of every iframe of the SDK before the document does: it stands in front of
 * the SDK, as any script of a hostile page can.
 */
const TAKE_FRAMES = `
  window.owners = new Map();
  window.controllers = new Map();
  const append = Element.prototype.append;
  Element.prototype.append = function (...nodes) {
    for (const frame of nodes) {
      if (!(frame instanceof HTMLIFrameElement)) continue;
      const sid = new URLSearchParams(new URL(frame.src).hash.slice(1)).get('sid');
      const field = /^c\\d+$/.test(this.id);
      if (field) owners.set(sid, Number(this.id.slice(1)));
      const index = owners.get(sid);
      if (!field) controllers.set(index, frame);
      tricks[index][field ? 'field' : 'controller']?.(frame, sid);
    }
    return append.apply(this, nodes);
  };`;

let serial = 0;

/** A page with one card and one controller for each trick, all at once: a load is what costs time. */
export function groupsPage(
  merchant: Merchant,
  tricks: readonly Trick[],
  options: { head?: string; body?: string; headers?: Readonly<Record<string, string>> } = {},
): string {
  const { head = '', body = '', headers = {} } = options;
  const { fieldsOrigin, keys } = merchant.deployment;
  const source = tricks.map(
    ({ to = 'field', before = '' }) => `{ ${to}(frame, sid) { ${before} } }`,
  );
  serial += 1;
  const path = `/groups-${serial}`;
  const boxes = tricks.map((_, index) => `<div id="c${index}"></div>`).join('');
  const mount = `
    const hushfield = Hushfield('${keys.publishableKey}');
    window.groups = tricks.map((_, index) => {
      const elements = hushfield.elements();
      const card = elements.create('card');
      const code = (error) => error.code;
      return { elements, card, ready: card.mount('#c' + index).then(() => 'ready', code) };
    });`;
  merchant.pages.set(
    path,
    `<script>window.tricks = [${source.join(', ')}];${TAKE_FRAMES}${head}</script>
     <script src="${fieldsOrigin}/sdk/v1/hushfield.js" crossorigin></script>`,
    `${boxes}${body}<script>${mount}</script>`,
    headers,
  );
  return `${merchant.origin}${path}`;
}

/** Opens it; answers `ready` or an error code for each group. */
export async function openGroups(page: Page, url: string): Promise<string[]> {
  await page.goto(url);
  return page.evaluate(() => {
    const groups: { ready: Promise<string> }[] = Reflect.get(window, 'groups');
    return Promise.all(groups.map(({ ready }) => ready));
  });
}

export function groupFrame(page: Page, index: number): FrameLocator {
  return page.frameLocator(`#c${index} iframe`);
}

/** Gives a card the focus by the SDK; false when no key reaches it. */
async function reach(page: Page, index: number, key: string): Promise<boolean> {
  await page.evaluate(async (at) => {
    document.body.tabIndex = -1;
    document.body.focus();
    await new Promise((resolve) => setTimeout(resolve, 30));
    Reflect.get(window, 'groups')[at].card.focus('number');
    await new Promise((resolve) => setTimeout(resolve, 60));
  }, index);
  await page.keyboard.press(key);
  // Longer than a digit is watched for a theft: the next trial begins by taking the focus away.
  for (let wait = 0; wait < 20; wait += 1) {
    if ((await digitsIn(page, index)) > 0) return true;
    await page.waitForTimeout(25);
  }
  return false;
}

/** Types a whole card by the keyboard alone, since not every frame can be clicked; into nothing where no key reaches it. */
export async function typeInGroup(page: Page, index: number, card: Card = VISA): Promise<void> {
  const [first = '', ...rest] = card.number + card.expiry + card.cvc;
  for (let trial = 0; trial < 3; trial += 1) {
    if (!(await reach(page, index, first))) continue;
    await page.keyboard.type(rest.join(''));
    // As a person leaves a field: what takes the focus elsewhere without that is held for a thief.
    return page.keyboard.press('Tab');
  }
}

/** How many digits stand in the inputs of each group; 0 where there are no inputs. */
export async function digitsIn(page: Page, index: number): Promise<number> {
  const values = await groupFrame(page, index)
    .locator('input')
    .evaluateAll((inputs) => inputs.map((input) => (input as HTMLInputElement).value));
  return values.join('').replaceAll(/\D/g, '').length;
}

/** What `elements.tokenize()` answers in each group, all asked at once. */
export function tokenizeGroups(page: Page): Promise<Answer[]> {
  return page.evaluate(() => {
    const groups: { elements: { tokenize(): Promise<Answer> } }[] = Reflect.get(window, 'groups');
    return Promise.all(groups.map(({ elements }) => elements.tokenize()));
  });
}
