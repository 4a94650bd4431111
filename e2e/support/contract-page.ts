import type { Page } from '@playwright/test';
import { fillField, pressKey } from '@hushfield/testing/playwright';
import { bundle } from './bundle.ts';
import type { Hand, Step } from './contract-script.ts';
import type { Merchant } from './merchant.ts';

/**
 * Longer than an input rests after the last key before its number is judged, and a tick; and some ticks
 * alone. What came later than that on a busy machine would be taken for the next step's.
 */
const RESTED_MS = 1_200;
const TOLD_MS = 450;

/** Both, as an application would import them; `watch` writes down what an element tells. */
const HARNESS = `
import { HushfieldError, loadHushfield } from '@hushfield/sdk';
import { fakeHushfield } from '@hushfield/testing/fake';
const EVENTS = ['ready', 'change', 'networkschange', 'binavailable', 'focus', 'blur', 'escape', 'submit', 'autofill', 'loaderror', 'warning'];
let told = [];
for (const name of EVENTS) {
  document.addEventListener('hushfield:' + name, ({ detail, target }) => told.push(['dom ' + name + ' ' + target.id, detail]));
}
document.addEventListener('submit', (event) => event.preventDefault());
window.watch = (element) => {
  for (const name of EVENTS) element.on(name, (payload) => told.push([element.type + ' ' + name, payload]));
  watched.push(element);
  return element;
};
window.watched = [];
window.start = async (real) => {
  window.fake = fakeHushfield();
  window.hushfield = real ? await loadHushfield(KEY, { fieldsOrigin: FIELDS }) : fake;
  window.elements = hushfield.elements();
};
const plainError = (error) => ({ is: error instanceof HushfieldError, ...error, message: error.message });
window.run = async (act) => {
  try { return { answer: await act() }; } catch (error) { return { thrown: plainError(error) }; }
};
window.report = () => {
  const states = watched.map((element) => element.getState());
  const classes = ['a', 'b', 'c'].map((id) => document.getElementById(id).className);
  const events = told;
  told = [];
  return { events, states, classes };
};
window.card = window.number = window.expiry = window.code = window.shown = undefined;
`;

let serial = 0;

/** What the page saw of each step, the same for both but for ids, times and how a change is cut into ticks. */
export async function witness(
  page: Page,
  { deployment, pages, origin }: Merchant,
  which: 'real' | 'fake',
  steps: readonly Step[],
): Promise<{ step: string; saw: unknown }[]> {
  serial += 1;
  const { keys, fieldsOrigin } = deployment;
  const constants = `const KEY = '${keys.publishableKey}', FIELDS = '${fieldsOrigin}';`;
  const boxes = ['a', 'b', 'c'].map((id) => `<form><div id="${id}"></div></form>`).join('');
  pages.set(
    `/contract-${serial}`,
    '',
    `${boxes}<script>${constants}${await bundle(HARNESS)}</script>`,
  );
  await page.goto(`${origin}/contract-${serial}`);
  await page.evaluate((real) => Reflect.get(window, 'start')(real), which === 'real');
  const hand = which === 'real' ? realHand(page) : fakeHand(page);
  const rows: { step: string; saw: unknown }[] = [];
  for (const step of steps) {
    const answer = 'page' in step ? await act(page, step.page) : await step.hand(hand);
    if (which === 'real') await page.waitForTimeout('page' in step ? TOLD_MS : RESTED_MS);
    const report = await page.evaluate(() => Reflect.get(window, 'report')());
    rows.push({ step: step.name, saw: plain({ answer, ...report }) });
  }
  return rows;
}

function act(page: Page, expression: string): Promise<unknown> {
  const once = `run(() => ${expression})`;
  // What answers with an element is of no interest but for that it did.
  return page.evaluate(`${once}.then((it) => JSON.parse(JSON.stringify(it)))`);
}

function realHand(page: Page): Hand {
  return {
    // A tick lies between the first key and the last, however fast the machine.
    async type(field, text) {
      await fillField(page, field, text.slice(0, 1));
      await page.keyboard.type(text.slice(1));
    },
    press: (field, key) => pressKey(page, field, key),
  };
}

function fakeHand(page: Page): Hand {
  const call = (method: string, ...args: string[]) =>
    page.evaluate(([name, given]) => Reflect.get(window, 'fake')[name](...given), [
      method,
      args,
    ] as [string, string[]]);
  return {
    type: (field, text) => call('type', field, text),
    press: (field, key) => call('press', field, key),
  };
}

type Report = { answer: unknown; events: [string, unknown][]; states: unknown; classes: string[] };

/**
 * Of all the changes of one step the last, since ticks cut a burst of keys where they fall; and each
 * element by itself, since frames tick apart.
 */
function plain({ events, classes, ...rest }: Report): unknown {
  const last = new Map(events.map(([name], index) => [name, index]));
  const kept = events.filter(([name], at) => !/ change\b/.test(name) || last.get(name) === at);
  const seen = {
    ...rest,
    classes: classes.map((names) => names.split(' ').sort()),
    events: kept.sort(([one], [other]) => whose(one).localeCompare(whose(other))),
  };
  return JSON.parse(JSON.stringify(seen), (key, value) => {
    if (key === 'id') return String(value).replace(/[0-9A-Za-z]{28}$/, '…');
    return /^(createdAt|expiresAt|requestId)$/.test(key) ? typeof value : value;
  });
}

/** `card change` is of `card`, `dom change a` of the container `a`. */
function whose(name: string): string {
  return name.replace(/ \w+/, '');
}
