import type { FrameLocator, Locator, Page } from '@playwright/test';
import { attack, saw } from '../support/attack.ts';
import { canaryNumber, VISA } from '../support/cards.ts';
import { cardFrame, expect, type Merchant, openCard, test, typeCard } from '../support/merchant.ts';

/** Takes whatever is dropped anywhere and keeps all its kinds of data. */
const TARGET = `
  window.dropped = [];
  for (const type of ['dragenter', 'dragover', 'drop']) {
    addEventListener(type, (event) => {
      event.preventDefault();
      if (type !== 'drop') return;
      const { dataTransfer } = event;
      dropped.push([...dataTransfer.types].map((kind) => dataTransfer.getData(kind)).join());
    }, true);
  }`;
const PLACE = '<div id="target" style="height:200px;background:#eee">drop here</div>';

/** Marks all of an input by three clicks, then pulls it onto the target, as a shopper's hand would. */
async function drag(page: Page, input: Locator) {
  const box = await input.boundingBox();
  if (!box) throw new Error('nothing to drag');
  const [x, y] = [box.x + 30, box.y + box.height / 2];
  await page.mouse.click(x, y, { clickCount: 3 });
  await page.waitForTimeout(100);
  await page.mouse.move(x + 2, y);
  await page.mouse.down();
  await page.mouse.move(x + 20, y + 5, { steps: 5 });
  const target = await page.locator('#target').boundingBox();
  await page.mouse.move((target?.x ?? 0) + 60, (target?.y ?? 0) + 60, { steps: 8 });
  await page.waitForTimeout(100);
  await page.mouse.up();
  await page.waitForTimeout(150);
}

const dropped = (page: Page): Promise<string[]> =>
  page.evaluate(() => Reflect.get(window, 'dropped').splice(0));

/** An iframe of another site that does nothing against it. */
function bareFrame(merchant: Merchant, value: string): string {
  merchant.pages.set('/bare', '', `<input value="${value}" style="width:300px;height:40px">`);
  return `<iframe id="bare" src="${merchant.origin.replace('localhost', '127.0.0.1')}/bare" style="width:400px;height:80px"></iframe>`;
}

/** Notes in a frame which drags began there, and whether they were let go on. */
async function watchDrags(frame: FrameLocator): Promise<() => Promise<string[]>> {
  const root = frame.locator('html');
  await root.evaluate(() => {
    const drags: string[] = [];
    Reflect.set(window, 'drags', drags);
    addEventListener('dragstart', ({ defaultPrevented }) =>
      drags.push(defaultPrevented ? 'stopped' : 'began'),
    );
  });
  return () => root.evaluate(() => Reflect.get(window, 'drags'));
}

test(
  'lets no typed text be dragged into the page',
  // Firefox begins no drag for a mouse that its driver moves.
  attack(34, 'the mouse pulls number, expiry and code out of the frame onto the page', '@chromium'),
  async ({ page, merchant }) => {
    const own = '<input id="own" value="pulled out" style="width:300px;height:40px">';
    const body = PLACE + own + bareFrame(merchant, 'out of a frame');
    const frame = await openCard(page, merchant.cardPage({ prelude: TARGET, body }));
    await typeCard(page, { ...VISA, number: canaryNumber() });
    const drags = await watchDrags(frame);
    for (const field of ['cc-number', 'cc-exp', 'cc-csc']) {
      await drag(page, frame.locator(`[autocomplete=${field}]`));
    }
    expect(await dropped(page)).toStrictEqual([]);
    expect(await drags()).toStrictEqual(['stopped', 'stopped', 'stopped']);

    // The same hand, where nothing stands against it: out of a frame, and all the way from the page.
    const bare = page.frameLocator('#bare');
    const bareDrags = await watchDrags(bare);
    await drag(page, bare.locator('input'));
    expect(await bareDrags()).toStrictEqual(['began']);
    await drag(page, page.locator('#own'));
    expect(await dropped(page)).toStrictEqual([expect.stringContaining('pulled out')]);
    saw(
      '3 drags out of the card stopped, 0 drops; 1 of 1 out of a bare frame began, 1 of 1 from the page arrived',
    );
  },
);

/** Marks all of one input and presses a shortcut, then pastes into the page's own box. */
async function pasted(page: Page, field: string, key: 'c' | 'x'): Promise<string> {
  const own = page.locator('#own');
  await own.fill('before');
  await own.selectText();
  await page.keyboard.press('ControlOrMeta+c');
  await cardFrame(page).locator(`[autocomplete=${field}]`).focus();
  await page.keyboard.press('ControlOrMeta+a');
  await page.keyboard.press(`ControlOrMeta+${key}`);
  await own.fill('');
  await own.focus();
  await page.keyboard.press('ControlOrMeta+v');
  return own.inputValue();
}

test(
  'puts no security code on the clipboard',
  attack(34, 'all of the code is marked, then copied and cut, then pasted into the page'),
  async ({ page, merchant }) => {
    const frame = await openCard(page, merchant.cardPage({ body: '<input id="own">' }));
    await typeCard(page);
    for (const key of ['c', 'x'] as const) {
      expect(await pasted(page, 'cc-csc', key)).toBe('before');
    }
    await expect(frame.locator('[autocomplete=cc-csc]')).toHaveValue(VISA.cvc);
    // A shopper may copy the number; and so it is seen that copying works here.
    expect((await pasted(page, 'cc-number', 'c')).replaceAll(' ', '')).toBe(VISA.number);
    saw('2 shortcuts, code still there, clipboard unchanged');
  },
);

test(
  'gives nothing to the selection, search and copying of the page',
  attack(
    34,
    'getSelection, selectAll, execCommand copy, window.find and points inside the frame',
    '@full',
  ),
  async ({ page, merchant }) => {
    const number = canaryNumber();
    const frame = await openCard(
      page,
      merchant.cardPage({ body: '<p>the page says hello</p><input id="own">' }),
    );
    await typeCard(page, { ...VISA, number });
    await frame.locator('[autocomplete=cc-number]').selectText();
    const found = await page.evaluate((digits) => {
      const iframe = document.querySelector('iframe');
      const box = iframe?.getBoundingClientRect();
      const [x, y] = [(box?.x ?? 0) + 40, (box?.y ?? 0) + 40];
      const copied: string[] = [];
      document.addEventListener('copy', ({ clipboardData }) => {
        copied.push(clipboardData?.getData('text') ?? '', String(getSelection()));
      });
      const before = String(getSelection());
      document.execCommand('selectAll');
      document.execCommand('copy');
      const all = String(getSelection());
      const find: (...how: unknown[]) => boolean = Reflect.get(window, 'find') ?? (() => false);
      const search = (text: string) => {
        try {
          getSelection()?.removeAllRanges();
          return String(find.call(window, text, false, false, true, false, true, false));
        } catch (error) {
          return String(error);
        }
      };
      const grouped = digits.replaceAll(/(.{4})(?=.)/g, '$1 ');
      return {
        texts: [before, all, ...copied].join('\n'),
        hits: [digits, grouped, digits.slice(0, 4), digits.slice(-4)].map(search),
        control: search('the page says'),
        absent: ['9999 0000', '8080'].map(search),
        point: document.elementFromPoint(x, y)?.tagName,
        caret: document.caretPositionFromPoint?.(x, y)?.offsetNode.nodeName ?? 'none',
      };
    }, number);
    expect(found.texts).toContain('the page says hello');
    expect(found.control).toBe('true');
    expect(found.texts).not.toMatch(/\d{4}/);
    // Firefox refuses to look into a frame of another origin, whether or not the text is there.
    expect(new Set(found.hits)).toStrictEqual(new Set(found.absent));
    expect(found.hits).not.toContain('true');
    expect(found.point).toBe('IFRAME');
    expect(found.caret).not.toBe('INPUT');
    saw(
      "4 searches, a selection, a copy and 2 points: 0 digits; the page's own text was selected, copied and found",
    );
  },
);
