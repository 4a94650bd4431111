import type { Page } from '@playwright/test';
import { attack, saw } from '../support/attack.ts';
import { HostileWatch, Sink, strings, TAKE_PORTS } from '../support/hostile-watch.ts';
import { expect, type Merchant, openCard, test } from '../support/merchant.ts';
import { SITES, TRY_ALL } from '../support/option-sites.ts';

const FIELDS = ['number', 'expiry', 'cvc', 'name'];

async function opened(page: Page, merchant: Merchant) {
  const sink = await Sink.open();
  const watch = new HostileWatch(page, sink);
  const frame = await openCard(page, merchant.cardPage({ fields: FIELDS, prelude: TAKE_PORTS }));
  // The controller comes after the fields; what it loads is not what is looked for here.
  await page.locator('iframe[name^=hushfield-]').waitFor({ state: 'attached' });
  await page.waitForLoadState('networkidle');
  await watch.start();
  return { sink, watch, frame };
}

type Tried = { wrong: string[]; refused: number; taken: number };

/** Every string into every option of the API. */
async function options(page: Page, merchant: Merchant, sample?: number): Promise<void> {
  const { sink, watch } = await opened(page, merchant);
  const texts = strings(sink, sample);
  const { publishableKey } = merchant.deployment.keys;
  const given = JSON.stringify([SITES, texts, publishableKey]);
  const tried: Tried = await page.evaluate(`(${TRY_ALL})(...${given})`);
  expect(tried.wrong).toStrictEqual([]);
  expect(await watch.complaints()).toStrictEqual([]);
  // Most places take no text, a few do; how many strings there are depends on what lies beside the clone.
  expect(tried.refused).toBeGreaterThan(30 * texts.length);
  expect(tried.taken).toBeGreaterThan(texts.length);
  expect(await watch.control()).toEqual(expect.arrayContaining(['violation', 'request', 'sink']));
  saw(
    `${texts.length} strings in ${SITES.length} places: ${tried.refused} refused, ${tried.taken} taken as text or word; 0 elements, requests, violations`,
  );
  await sink.close();
}

/** What a text from the page is when it is shown. */
const shown = (text: string) =>
  text
    .normalize('NFC')
    .replace(
      /[\u0000-\u001f\u007f-\u009f\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb]/g,
      '',
    )
    .trim();

/** Every string as label, placeholder and message of every input, one after the other. */
async function texts(page: Page, merchant: Merchant, sample?: number): Promise<void> {
  const { sink, watch, frame } = await opened(page, merchant);
  const given = [...strings(sink, sample), 'pay \u202e0001\u202c'];
  const all = given.filter((text) => [...text].length <= 200);
  await page.evaluate(
    async ([given, fields]) => {
      const card = Reflect.get(window, 'card');
      const settled = async () => {
        while (Reflect.get(window, 'replies').length < Reflect.get(window, 'sent')) {
          await new Promise((resolve) => setTimeout(resolve, 1));
        }
      };
      for (const text of given) {
        const every = Object.fromEntries(fields.map((field) => [field, text]));
        card.update({ labels: every, placeholders: every });
        for (const field of fields) card.setError(field, text);
        await settled();
      }
    },
    [all, FIELDS] as const,
  );
  expect(await watch.complaints()).toStrictEqual([]);
  const seen: string[] = await frame
    .locator('html')
    .evaluate(() => [...Reflect.get(window, 'hostile').texts]);
  const missing = [...new Set(all.map(shown))].filter(
    (text) => text !== '' && !seen.some((label) => shown(label) === text),
  );
  expect(missing).toStrictEqual([]);
  // Written backwards, a label can say of the card what it does not hold.
  expect(seen.filter((label) => BIDI.test(label))).toStrictEqual([]);
  expect(await watch.control()).toEqual(expect.arrayContaining(['violation', 'request', 'sink']));
  saw(
    `${all.length} texts as label, placeholder and message of 4 inputs, each seen as text; 0 elements, requests, violations`,
  );
  await sink.close();
}

const BIDI = /[\u200e\u200f\u202a-\u202e\u2066-\u2069]/;
const SAMPLE = 150;

test(
  'refuses hostile strings wherever a value is not free text',
  attack([10, 13], 'puts hostile strings into every option of the API'),
  ({ page, merchant }) => options(page, merchant, SAMPLE),
);

test(
  'turns hostile texts into text: no element, no request, no violation',
  attack(13, 'puts HTML, scripts and bidi characters into labels, placeholders and messages'),
  ({ page, merchant }) => texts(page, merchant, SAMPLE),
);

test(
  'refuses every hostile string in every option',
  attack([10, 13], 'puts all hostile strings into every option of the API', '@full'),
  ({ page, merchant }) => {
    test.setTimeout(600_000);
    return options(page, merchant);
  },
);

test(
  'turns every hostile string into text',
  attack(13, 'puts all hostile strings into labels, placeholders and messages', '@full'),
  ({ page, merchant }) => {
    test.setTimeout(900_000);
    return texts(page, merchant);
  },
);

test(
  'pollutes nothing through option objects',
  attack(13, 'hides __proto__ and constructor in option objects'),
  async ({ page, merchant }) => {
    await openCard(page, merchant.cardPage());
    const result = await page.evaluate(() => {
      const card = Reflect.get(window, 'card');
      const outcomes = [
        '{"__proto__":{"polluted":1}}',
        '{"labels":{"__proto__":{"polluted":1}}}',
        '{"appearance":{"variables":{"__proto__":{"polluted":1}}}}',
        '{"constructor":{"prototype":{"polluted":1}}}',
        '{"appearance":{"constructor":{"prototype":{"polluted":1}}}}',
      ].map((json) => {
        try {
          card.update(JSON.parse(json));
          return 'taken';
        } catch (error) {
          return String((error as { code?: unknown }).code);
        }
      });
      return { outcomes, polluted: Reflect.get({}, 'polluted') };
    });
    expect(result.polluted).toBeUndefined();
    for (const outcome of result.outcomes) expect(outcome).toMatch(/^(taken|invalid_option)$/);
    expect(result.outcomes).toContain('invalid_option');
    saw('5 objects, 0 prototypes changed');
  },
);
