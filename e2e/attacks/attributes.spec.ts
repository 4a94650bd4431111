import type { Page } from '@playwright/test';
import { attack, saw } from '../support/attack.ts';
import {
  digitsIn,
  groupFrame,
  groupsPage,
  openGroups,
  tokenizeGroups,
  type Trick,
  typeInGroup,
} from '../support/card-groups.ts';
import { VISA } from '../support/cards.ts';
import { type Case, CORE, MORE, type Outcome, set } from '../support/iframe-attributes.ts';
import { expect, type Merchant, test } from '../support/merchant.ts';

const WHOLE = (VISA.number + VISA.expiry + VISA.cvc).length;
const NOTICE = 'Card entry is not available here.';

/** Types a card wherever there is an input; answers how many digits each group took. */
async function typeEverywhere(page: Page, count: number): Promise<(number | undefined)[]> {
  const taken: (number | undefined)[] = [];
  for (let index = 0; index < count; index += 1) {
    const inputs = await groupFrame(page, index).locator('input').count();
    if (inputs > 0) await typeInGroup(page, index);
    taken.push(inputs > 0 ? await digitsIn(page, index) : undefined);
  }
  return taken;
}

async function outcomes(
  page: Page,
  merchant: Merchant,
  cases: readonly Case[],
): Promise<Outcome[]> {
  await openGroups(page, groupsPage(merchant, cases));
  const taken = await typeEverywhere(page, cases.length);
  const answers = await tokenizeGroups(page);
  return answers.map(({ token, error }, index): Outcome => {
    const digits = taken[index];
    if (token) {
      // A token of a card that was typed in part, or into nothing, is in no table.
      expect(digits, cases[index]?.name).toBe(WHOLE);
      return 'works';
    }
    expect(error?.type, cases[index]?.name).toMatch(
      /^(load|request|validation|integration)_error$/,
    );
    if (digits === undefined) return 'refuses';
    expect([0, WHOLE], cases[index]?.name).toContain(digits);
    return digits === 0 ? 'takes nothing' : 'no token';
  });
}

const expected = (cases: readonly Case[], engine: string) =>
  cases.map(
    ({ name, outcome, firefox }) => `${name}: ${(engine === 'firefox' && firefox) || outcome}`,
  );

const named = (cases: readonly Case[], seen: readonly Outcome[]) =>
  cases.map(({ name }, index) => `${name}: ${seen[index]}`);

function figures(seen: readonly Outcome[]): string {
  const kinds = [...new Set(seen)].map(
    (kind) => `${seen.filter((one) => one === kind).length} ${kind}`,
  );
  return `${seen.length} ways: ${kinds.join(', ')}`;
}

test(
  'takes a whole card or shows no input, whatever the page writes on the iframe',
  attack(
    9,
    'sandbox, csp, srcdoc, name and size, set before the iframe is in the document',
    '@once',
  ),
  async ({ page, merchant, browserName }) => {
    const seen = await outcomes(page, merchant, CORE);
    expect(named(CORE, seen)).toStrictEqual(expected(CORE, browserName));
    // Where our document runs without its origin it says why it takes no card. The SDK shows no document that has
    // not become ready, and says so itself.
    await expect(groupFrame(page, 1).getByText(NOTICE)).toBeAttached();
    await expect(page.locator('#c1').getByRole('alert')).toBeVisible();
    saw(figures(seen));
  },
);

test(
  'works or fails in words with every other attribute, on fields and controllers',
  attack(9, '23 more ways, on the field or on the controller', '@full'),
  async ({ page, merchant, browserName }) => {
    test.setTimeout(120_000);
    const seen = await outcomes(page, merchant, MORE);
    expect(named(MORE, seen)).toStrictEqual(expected(MORE, browserName));
    saw(figures(seen));
  },
);

const LATER: readonly Trick[] = [
  { name: 'display: none', before: `frame.style.display = 'none';` },
  { name: 'inert', before: set('inert') },
  { name: 'visibility: hidden', before: `frame.style.visibility = 'hidden';` },
  { name: 'far away', before: `frame.style.cssText = 'position:absolute;left:-9999px';` },
];

test(
  'works once the page shows what it had hidden',
  attack(9, 'iframes hidden, inert or far away while they load, and shown later', '@full'),
  async ({ page, merchant }) => {
    expect(await openGroups(page, groupsPage(merchant, LATER))).toStrictEqual(
      LATER.map(() => 'ready'),
    );
    const hidden = await typeEverywhere(page, LATER.length);
    expect(hidden.every((digits) => digits === 0 || digits === WHOLE)).toBe(true);
    await page.evaluate(() => {
      for (const frame of document.querySelectorAll<HTMLIFrameElement>(
        '#c0 iframe, #c1 iframe, #c2 iframe, #c3 iframe',
      )) {
        frame.removeAttribute('inert');
        frame.style.cssText = 'width:100%;height:101px';
      }
      for (const { card } of Reflect.get(window, 'groups')) card.clear();
    });
    const shown = await typeEverywhere(page, LATER.length);
    expect(shown).toStrictEqual(LATER.map(() => WHOLE));
    const answers = await tokenizeGroups(page);
    expect(answers.filter(({ token }) => token)).toHaveLength(LATER.length);
    saw(`digits taken while hidden: ${hidden.join(', ')}; ${answers.length} tokens after`);
  },
);

/** What a page that embeds the field document itself may write behind the `#`. */
const HASHES = [
  '',
  'sid=short&scheme=light',
  'sid=AAAAAAAAAAAAAAAAAAAAAA&scheme=light&element=card',
  'sid=AAAAAAAAAAAAAAAAAAAAAA&scheme=url(//evil.example)',
  'sid=AAAAAAAAAAAAAAAAAAAAAA&__proto__=1&scheme=light',
  'sid=<img src=x onerror=alert(1)>&scheme=dark',
];

test(
  'offers no input to a page that embeds the frames without the SDK',
  attack(9, 'the documents in iframes of the page, with hashes of its own and nobody to connect'),
  async ({ page, merchant }) => {
    const { fieldsOrigin, keys } = merchant.deployment;
    const base = `${fieldsOrigin}/f1/${keys.publishableKey}`;
    const hashes = [...HASHES, 'sid=AAAAAAAAAAAAAAAAAAAAAA&scheme=light'];
    const frames = hashes.map(
      (hash) => `<iframe src="${base}/field#${hash.replaceAll('<', '&lt;')}"></iframe>`,
    );
    merchant.pages.set(
      '/embedded',
      '',
      `${frames.join('')}<iframe src="${base}/controller#${hashes.at(-1)}"></iframe>`,
    );
    await page.goto(`${merchant.origin}/embedded`);
    for (let index = 0; index < HASHES.length; index += 1) {
      await expect(page.frameLocator('iframe').nth(index).getByText(NOTICE)).toBeVisible();
    }
    const documents = page.frames().slice(1);
    const inputs = await Promise.all(documents.map((frame) => frame.locator('input').count()));
    expect(inputs).toStrictEqual(documents.map(() => 0));
    saw(`${documents.length} documents, ${HASHES.length} notices, 0 inputs`);
  },
);

test(
  'takes nothing from window.name, the referrer or its history',
  attack(
    9,
    'a number in the name of the frame and in the query of a page that sends its whole URL',
  ),
  async ({ page, merchant, browserName }) => {
    const said = 'number=4242424242424242';
    const trick = {
      name: 'hints',
      before: `${set('name', said)}${set('referrerpolicy', 'unsafe-url')}`,
    };
    await openGroups(page, `${groupsPage(merchant, [trick])}?${said}`);
    const field = page.frames().find((frame) => frame.url().includes('/field'));
    const found = await field?.evaluate(() => {
      const inputs = [...document.querySelectorAll('input')];
      return {
        name: window.name,
        referrer: document.referrer,
        state: history.state,
        typed: inputs
          .map(({ value, placeholder, defaultValue }) => value + placeholder + defaultValue)
          .join(),
        html: document.documentElement.outerHTML,
      };
    });
    // The hint did arrive, in both places.
    expect(found?.name).toBe(said);
    // Firefox cuts the referrer to the origin between sites, whatever the page asks for.
    expect(found?.referrer).toContain(browserName === 'firefox' ? merchant.origin : said);
    expect(found?.state).toBeNull();
    expect(found?.typed).not.toContain('4242424242424242');
    expect(found?.html).not.toContain(said);
    expect(await digitsIn(page, 0)).toBe(0);
    saw('2 hints given, 0 digits taken');
  },
);
