import { Key } from 'selenium-webdriver';
import { VISA } from '../support/cards.ts';
import {
  EDITS,
  type EditName,
  EXPIRIES,
  editEverywhere,
  expectedAfter,
  FILLERS,
  fillDocument,
  MARCH,
  NUMBER,
  PASTED,
} from '../support/typings.ts';
import { expect, test, type Webkit } from '../support/webkit-driver.ts';

/* The table of `journeys/typing.spec.ts`, in the system's WebKit. */

const CLIPBOARD = '<textarea id="clipboard"></textarea>';

/** Runs one of the functions that travel as text where the driver looks. */
const run = (webkit: Webkit, travels: (...args: never[]) => unknown, ...args: unknown[]) =>
  webkit.run(`return JSON.stringify((${String(travels)})(...${JSON.stringify(args)}) ?? null)`);

async function chord(webkit: Webkit, ...keys: string[]): Promise<void> {
  const hands = webkit.driver.actions({ async: true }).keyDown(Key.CONTROL);
  for (const key of keys) hands.keyDown(key).keyUp(key);
  await hands.keyUp(Key.CONTROL).perform();
}

test('takes what is pasted as people copy it', async ({ webkit, merchant }) => {
  expect(await webkit.open(merchant.cardPage({ body: CLIPBOARD }))).toBe('ready');
  const card = await webkit.frame();
  for (const [index, [purpose, text]] of PASTED.entries()) {
    await (await webkit.one('#clipboard')).click();
    await webkit.run(`document.querySelector('#clipboard').value = arguments[0]`, text);
    await chord(webkit, 'a', 'c');
    await webkit.click(card, purpose);
    await chord(webkit, 'a', 'v');
    const shown = async () => (await webkit.values(card)).find((value) => value !== '');
    await expect.poll(shown, { message: JSON.stringify(text) }).toBe(PASTED[index]?.[2]);
    await webkit.run('card.clear()');
    await expect.poll(shown).toBeUndefined();
  }
});

for (const by of Object.keys(FILLERS) as (keyof typeof FILLERS)[]) {
  test(`takes a card that is filled in at once, in every spelling (${by})`, async ({
    webkit,
    merchant,
  }) => {
    expect(await webkit.open(merchant.cardPage())).toBe('ready');
    const card = await webkit.frame();
    await webkit.inside(card, async () => {
      for (const spelling of EXPIRIES) {
        const values = { 'cc-number': VISA.number, 'cc-exp': spelling, 'cc-csc': '1234' };
        expect(await run(webkit, fillDocument, values, FILLERS[by]), spelling).toBe(
          JSON.stringify(['4242 4242 4242 4242', MARCH, '123']),
        );
      }
    });
    await expect.poll(() => webkit.run('return card.getState().complete')).toBe(true);
    expect(await webkit.tokenize()).toMatch(/^tok_test_/);
  });
}

test('keeps the caret at its digit, wherever one is put in or taken out', async ({
  webkit,
  merchant,
}) => {
  expect(await webkit.open(merchant.cardPage())).toBe('ready');
  const card = await webkit.frame();
  await webkit.click(card, 'cc-number');
  const places = Array.from({ length: NUMBER.length + 1 }, (_, place) => place);
  const keys = { insert: EDITS.insert, backward: Key.BACK_SPACE, forward: Key.DELETE };
  for (const edit of Object.keys(EDITS) as EditName[]) {
    await webkit.inside(card, () => run(webkit, editEverywhere, NUMBER));
    for (const _ of places) await webkit.type(keys[edit]);
    const left = await webkit.inside(card, () => webkit.run('return stop()'));
    expect(JSON.parse(String(left)), edit).toStrictEqual(
      places.map((place) => expectedAfter(edit, place)),
    );
  }
});

/** This browser has no key for it; what a menu would do is the same command. */
const UNDO = `for (const does of ['undo', 'undo', 'redo']) document.execCommand(does);`;

test('brings back nothing by undo or redo: no digit elsewhere, no card that is a token', async ({
  webkit,
  merchant,
}) => {
  const fields = ['number', 'expiry', 'cvc', 'name'];
  expect(await webkit.open(merchant.cardPage({ fields, body: CLIPBOARD }))).toBe('ready');
  const card = await webkit.frame();
  await webkit.click(card, 'cc-number');
  await webkit.type(VISA.number.slice(0, 9), 20);
  await webkit.inside(card, () => webkit.run(UNDO));
  expect((await webkit.values(card))[0]).toBe('4242 4242 4');
  await webkit.type(VISA.number.slice(9) + VISA.expiry + VISA.cvc);
  await webkit.type('Zoe');
  expect(await webkit.tokenize()).toMatch(/^tok_test_/);
  for (const purpose of ['cc-number', 'cc-exp', 'cc-csc', 'cc-name']) {
    await webkit.click(card, purpose);
    await webkit.inside(card, () => webkit.run(UNDO));
    expect(await webkit.values(card)).toStrictEqual(['', '', '', '']);
  }
  // Positive control: in an input of the page's own the same command does undo.
  await (await webkit.one('#clipboard')).click();
  await webkit.type('424', 20);
  await webkit.run(UNDO);
  const own = `return document.querySelector('#clipboard').value`;
  expect(await webkit.run(own)).not.toBe('424');
});
