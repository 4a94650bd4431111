import { Key } from 'selenium-webdriver';
import { attack, saw } from '../support/attack.ts';
import { canaryNumber, VISA } from '../support/cards.ts';
import { expect, input, test } from '../support/webkit-driver.ts';
import { LISTEN, typedRuns } from '../support/webkit-pages.ts';

test(
  'lets the page hear no key, input or paste, and Tab moves between fields',
  attack(7, 'capture listeners on window and document while a shopper types, pastes and tabs'),
  async ({ webkit, merchant }) => {
    const url = merchant.cardPage({ prelude: LISTEN, body: '<input id="own">' });
    expect(await webkit.open(url)).toBe('ready');
    const card = await webkit.frame();
    await webkit.click(card, 'cc-number');
    await webkit.run('heard.length = 0');
    await webkit.type('4242');
    await webkit.type(Key.TAB);
    await webkit.type('12');
    await webkit.type(Key.TAB);
    await webkit.type('123');
    expect((await webkit.values(card)).map((value) => value.replace(/\D+$/, ''))).toStrictEqual([
      '4242',
      '12',
      '123',
    ]);
    const active = () => webkit.run('return document.activeElement.autocomplete');
    expect(await webkit.inside(card, active)).toBe('cc-csc');
    const chord = webkit.driver.actions({ async: true });
    for (const key of ['a', 'c', 'v'])
      chord.keyDown(Key.CONTROL).keyDown(key).keyUp(key).keyUp(Key.CONTROL);
    await chord.perform();
    const heard = await webkit.run('return heard');
    expect(heard).toStrictEqual([]);

    await (await webkit.one('#own')).click();
    await webkit.type('7');
    const own = Number(await webkit.run('return heard.length'));
    expect(own).toBeGreaterThan(0);
    saw(`0 of 15 keystrokes heard; ${own} events for one key in the page's own input`);
  },
);

const THIEF = `
  addEventListener('hushfield:change', ({ detail }) => {
    if (window.stolen || detail.empty) return;
    window.stolen = true;
    document.getElementById('thief').focus();
  });`;

test(
  'gives a thief of one call at most one digit',
  attack(6, 'the page focuses its own input once, at the first change event of the number'),
  async ({ webkit, merchant }) => {
    const number = canaryNumber();
    const url = merchant.cardPage({ prelude: THIEF, body: '<input id="thief">' });
    expect(await webkit.open(url)).toBe('ready');
    const card = await webkit.frame();
    await webkit.click(card, 'cc-number');
    await webkit.type(number, 60);
    const digits = (value: unknown) => String(value).replaceAll(/\D/g, '');
    const loot = digits(await webkit.run(`return document.getElementById('thief').value`));
    const kept = digits((await webkit.values(card))[0]);
    expect(await webkit.run('return window.stolen')).toBe(true);
    expect(loot.length).toBeLessThanOrEqual(1);
    saw(`the page got ${loot.length} of ${number.length} digits, the field ${kept.length}`);
  },
);

const WATCH_FRAME = `
  window.states = [document.documentElement.outerHTML];
  new MutationObserver(() => states.push(document.documentElement.outerHTML)).observe(document, {
    subtree: true, childList: true, attributes: true, characterData: true,
  });`;

test(
  'keeps the value a property: no attribute and no text of a frame ever holds a digit of it',
  attack(12, 'inside the frame, every state of the document is written down while a shopper types'),
  async ({ webkit, merchant }) => {
    const number = canaryNumber();
    expect(await webkit.open(merchant.cardPage())).toBe('ready');
    const card = await webkit.frame();
    await webkit.inside(card, () => webkit.run(WATCH_FRAME));
    await webkit.click(card, 'cc-number');
    await webkit.type(number + VISA.expiry + VISA.cvc);
    const read = `
      await new Promise((next) => setTimeout(next, 150));
      const inputs = [...document.querySelectorAll('input')];
      return JSON.stringify({
        states,
        attributes: inputs.map((one) => one.getAttribute('value')),
        now: inputs.map((one) => one.value).join(),
      });`;
    await webkit.inside(card, async () => {
      const { states, attributes, now } = JSON.parse(String(await webkit.run(read)));
      expect(attributes).toStrictEqual([null, null, null]);
      expect(states.length).toBeGreaterThan(1);
      expect(typedRuns(states.join('\n'), number)).toBe(0);
      expect(typedRuns(now, number)).toBe(1);
      const mirror = `document.querySelector('${input('cc-number')}').setAttribute('value', arguments[0]);`;
      await webkit.run(mirror, number);
      expect(typedRuns(String(await webkit.run(read)), number)).toBeGreaterThan(1);
      saw(`${states.length} states of the document, 0 with digits`);
    });
  },
);
