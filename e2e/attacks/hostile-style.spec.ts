import type { Page } from '@playwright/test';
import { attack, saw } from '../support/attack.ts';
import { HostileWatch, Sink, strings, TAKE_PORTS } from '../support/hostile-watch.ts';
import { expect, type Merchant, openCard, test } from '../support/merchant.ts';
import { ELEMENT_PATHS, FAMILY } from '../support/option-sites.ts';

/** What the SDK itself would send. */
const HONEST = {
  element: 'card',
  fields: ['number', 'expiry', 'cvc'],
  layout: 'row',
  locale: 'auto',
  appearance: { theme: 'light', labels: 'above', variables: { colorText: '#112233' } },
  labels: {},
  placeholders: {},
  disabled: false,
};

/** Values that are no strings, as code: what a structured clone lets through. */
const ODD = `[null, NaN, Infinity, -1, 1e308, 2 ** 53, 10n, true, [], {}, [['#fff']], new Date(0), new Map([['a', 1]]),
  new Set(['#fff']), /x/, new Uint8Array(4), new ArrayBuffer(8), new Blob(['#fff']), new Error('#fff'),
  new String('#fff'), new Number(16), Object.assign([], { 0: '#fff' }), JSON.parse('{"__proto__":{"polluted":1}}'),
  (() => { const ring = {}; ring.ring = ring; return ring; })()]`;

/** Runs in the page: sends \`configure\` past the SDK, each path of it with each value; gives what was not refused. */
const CONFIGURE = `async (honest, paths, texts) => {
  const [port] = ports;
  const waiting = new Map();
  port.addEventListener('message', ({ data }) => waiting.get(data.id)?.(data.value));
  let serial = 0;
  const ask = (options) => new Promise((resolve) => {
    const id = 'style-' + serial++;
    waiting.set(id, (value) => { waiting.delete(id); resolve(value); });
    port.postMessage({ id, type: 'APPLY', path: ['configure'], argumentList: [{ type: 'RAW', value: options }] });
  });
  const put = (path, value) => {
    const options = structuredClone(honest);
    const steps = path.split('.');
    const last = steps.pop();
    const at = steps.reduce((inner, step) => (inner[step] ??= {}), options);
    at[last] = value;
    return options;
  };
  const odd = ${ODD};
  // Variables may be any object without a key of its own; texts a plain one, from which \`__proto__\` is left
  // out; a flag may be true, and a list empty.
  const records = ['labels', 'placeholders', 'messages'];
  // An error has a message of its own, which is the name of a part too.
  const rules = ['appearance.rules', 'appearance.rules.input', 'appearance.rules.input.base'];
  const isRule = (path, value) => isEmpty(value) && (path !== rules[0] || !(value instanceof Error));
  const isEmpty = (value, but) => value !== null && typeof value === 'object' && !Array.isArray(value) && Object.keys(value).every((key) => key === but);
  const isPlain = (value) => value !== null && typeof value === 'object' && Object.getPrototypeOf(value) === Object.prototype;
  const right = (path, value) => (/^(disabled|split)$/.test(path) && value === true)
    || (path === 'appearance.variables.fontFamily' && typeof value === 'string' && ${FAMILY}.test(value))
    || (path === 'preferredNetworks' && Array.isArray(value) && value.length === 0)
    || (path === 'appearance.variables' && isEmpty(value))
    || (rules.includes(path) && isRule(path, value))
    || (records.includes(path) && isPlain(value) && isEmpty(value, '__proto__'));
  const wrong = [];
  let refused = 0;
  const one = async (path, value) => {
    const { ok, code } = (await ask(put(path, value))) ?? {};
    if (ok === right(path, value)) refused += ok ? 0 : 1;
    else wrong.push(path + ' ' + (ok ? 'taken ' : code + ' ') + String(value?.[0] ?? value).slice(0, 40));
  };
  // Fewer at a time than the frame answers at once.
  const values = [...texts, ...odd];
  for (const path of paths) {
    for (let start = 0; start < values.length; start += 32) {
      await Promise.all(values.slice(start, start + 32).map((value) => one(path, value)));
    }
  }
  const honestly = await ask(honest);
  return { wrong, refused, honestly: honestly.ok, odd: odd.length };
}`;

/** Values that a site takes; what is left is hostile everywhere. */
const TAKEN =
  /^([a-zA-Z]{2,3}(-[a-zA-Z0-9]{2,8}){0,2}|auto|light|dark|above|none|row|column|grid|system|sans|serif|mono|number|expiry|cvc|name|#[0-9a-fA-F]{3,8})$/;

type Sent = { wrong: string[]; refused: number; honestly: boolean; odd: number };

async function configure(page: Page, merchant: Merchant, sample?: number): Promise<void> {
  const sink = await Sink.open();
  const watch = new HostileWatch(page, sink);
  const frame = await openCard(page, merchant.cardPage({ prelude: TAKE_PORTS }));
  await page.locator('iframe[name^=hushfield-]').waitFor({ state: 'attached' });
  await page.waitForLoadState('networkidle');
  await watch.start();
  const paths = ELEMENT_PATHS.filter(([, takes]) => takes !== 'text').map(([path]) => path);
  const texts = strings(sink, sample).filter((text) => !TAKEN.test(text));
  const given = JSON.stringify([HONEST, [...paths, 'element', 'toString'], texts]);
  const sent: Sent = await page.evaluate(`(${CONFIGURE})(...${given})`);
  expect(sent.wrong).toStrictEqual([]);
  expect(sent.refused).toBeGreaterThan(paths.length * texts.length);
  // Positive control: the frame was there to the end, and does take what is right.
  expect(sent.honestly).toBe(true);
  expect(
    await frame.locator('html').evaluate((root) => root.style.getPropertyValue('--colorText')),
  ).toBe('#112233');
  const styles = await frame.locator('html').getAttribute('style');
  expect(styles).toMatch(/^(color-scheme: light; ?)?--colorText: ?#112233;?$/);
  saw(
    `${sent.refused} configures with a hostile value in one of ${paths.length + 2} places refused by the frame`,
  );
  await sink.close();
}

test(
  'refuses hostile styles and options that come past the SDK',
  attack([10, 13], 'sends configure with hostile values over the raw port'),
  ({ page, merchant }) => configure(page, merchant, 60),
);

test(
  'refuses every hostile string that comes past the SDK',
  attack(
    [10, 13],
    'sends configure with all hostile strings in every place over the raw port',
    '@full',
  ),
  ({ page, merchant }) => {
    test.setTimeout(900_000);
    return configure(page, merchant);
  },
);
