import type { Page } from '@playwright/test';
import { attack, residual, saw } from '../support/attack.ts';
import {
  digitsIn,
  groupsPage,
  openGroups,
  tokenizeGroups,
  type Trick,
  typeInGroup,
} from '../support/card-groups.ts';
import { canaryNumber, VISA } from '../support/cards.ts';
import { deploy } from '../support/deployment.ts';
import { GATHER, lookAlike, loot, replaceAll, type Way, WAYS } from '../support/look-alike.ts';
import {
  cardFrame,
  expect,
  type Merchant,
  openCard,
  test,
  tokenize,
  typeCard,
  valuesIn,
} from '../support/merchant.ts';
import { Shopper } from '../support/shopper.ts';

const tricks = (ways: readonly Way[]): readonly Trick[] => ways.map(({ name }) => ({ name }));

/** Types a card into each group, replaces each field, and gathers what the look-alikes were given. */
async function replaceFields(page: Page, merchant: Merchant, ways: readonly Way[]): Promise<void> {
  await openGroups(page, groupsPage(merchant, tricks(ways), { head: GATHER }));
  for (const index of ways.keys()) await typeInGroup(page, index);
  for (const index of ways.keys()) expect(await digitsIn(page, index)).toBe(23);
  await replaceAll(page, 'field', lookAlike(merchant), ways);
  const strange = ways.filter(({ ours }) => !ours).length;
  await expect.poll(async () => (await loot(page)).here).toBe(strange);
  const answers = await tokenizeGroups(page);
  expect(answers.filter(({ token }) => token)).toStrictEqual([]);
  expect(answers.filter(({ error }) => !error?.code)).toStrictEqual([]);
  expect((await loot(page)).got).toStrictEqual([]);
  // They do hear what is said to them.
  await page.evaluate(() => {
    for (let index = 0; index < frames.length; index += 1)
      frames[index]?.postMessage('control', '*');
  });
  await expect.poll(async () => (await loot(page)).got.length).toBe(strange);
  const codes = [...new Set(answers.map(({ error }) => error?.code))].join(', ');
  saw(`${strange} look-alikes, 0 messages, 0 ports, 0 tokens; the page is told ${codes}`);
}

const IN_PLACE = 'a look-alike that says hello in the name of the field, in its place, by';

test(
  'gives a document that takes the place of a field neither port nor card, and makes no token',
  attack(5, `${IN_PLACE} location, src and srcdoc`),
  ({ page, merchant }) => replaceFields(page, merchant, WAYS.slice(0, 3)),
);

test(
  'gives it nothing either where it comes by any other way',
  attack(5, `${IN_PLACE} another node, number, data:, blob: and a document of ours`, '@full'),
  ({ page, merchant }) => replaceFields(page, merchant, WAYS.slice(3)),
);

test(
  'gives a document that takes the place of the controller nothing, and pays with a new one',
  attack(
    [3, 5],
    'eight ways to put a look-alike in the place of the controller, under its name',
    '@full',
  ),
  async ({ page, merchant }) => {
    test.setTimeout(90_000);
    await openGroups(page, groupsPage(merchant, tricks(WAYS), { head: GATHER }));
    for (const [index] of WAYS.entries()) await typeInGroup(page, index);
    await expect
      .poll(() => page.evaluate(() => Reflect.get(window, 'controllers').size))
      .toBe(WAYS.length);
    await replaceAll(page, 'controller', lookAlike(merchant), WAYS);
    const first = await tokenizeGroups(page);
    expect((await loot(page)).got).toStrictEqual([]);
    // A card that was typed is not lost by that: the next call brings a controller of its own.
    const second = await tokenizeGroups(page);
    expect((await loot(page)).got).toStrictEqual([]);
    for (const { token, error } of [...first, ...second])
      expect(token?.id ?? error?.code).toBeTruthy();
    const paid = (answers: typeof first) => answers.filter(({ token }) => token).length;
    saw(
      `0 messages; tokens at the first call ${paid(first)}, at the second ${paid(second)} of ${WAYS.length}`,
    );
  },
);

test(
  'lets a merchant shut look-alikes out by its own policy',
  attack(5, 'the same look-alike on a page with frame-src and the fields origin only', '@full'),
  async ({ page, merchant }) => {
    const evil = lookAlike(merchant);
    const { fieldsOrigin } = merchant.deployment;
    const arrived: string[] = [];
    page.on('framenavigated', (frame) => arrived.push(frame.url()));
    for (const headers of [{}, { 'content-security-policy': `frame-src ${fieldsOrigin}` }]) {
      arrived.length = 0;
      await openCard(page, merchant.cardPage({ headers }));
      await typeCard(page);
      const refused = page.evaluate(
        (src) =>
          new Promise<string>((resolve) => {
            const [frame] = document.querySelectorAll('iframe');
            document.addEventListener('securitypolicyviolation', ({ effectiveDirective }) =>
              resolve(effectiveDirective),
            );
            frame?.addEventListener('load', () => resolve('loaded'));
            if (frame?.contentWindow) frame.contentWindow.location = src;
          }),
        evil,
      );
      const strict = 'content-security-policy' in headers;
      expect(await refused).toBe(strict ? 'frame-src' : 'loaded');
      const there = () => arrived.includes(evil);
      if (strict) expect(there()).toBe(false);
      else await expect.poll(there).toBe(true);
      // Where the browser keeps the true document after a blocked navigation, that may pay.
      if (!strict) expect((await tokenize(page)).token).toBeUndefined();
    }
    saw('loads without the policy, and no token; never loads with it');
  },
);

test(
  'forgets the card when its frame is moved or loaded again, and is ready again',
  attack(5, 'the page moves the iframe, loads it again mid-typing and changes its hash'),
  async ({ page, merchant }) => {
    const frame = await openCard(page, merchant.cardPage({ body: '<div id="other"></div>' }));
    const number = frame.locator('[autocomplete=cc-number]');
    const again = async (act: string) => {
      await number.click();
      await page.keyboard.type('42424242');
      await page.evaluate(`new Promise((resolve) => {
      card.once('ready', resolve);
      const frame = document.querySelector('iframe');
      ${act}
    })`);
      expect(await valuesIn(page)).toStrictEqual(['', '', '']);
    };
    await again(`document.querySelector('#other').append(frame);`);
    await again(`document.querySelector('#card').append(frame);`);
    await again(`frame.src = frame.src.replace('#', '?again#');`);
    await typeCard(page);
    // A change of the hash loads nothing: what the frame has read, it has read.
    await page.evaluate(() => {
      const iframe = document.querySelector('iframe');
      if (iframe) iframe.src = iframe.src.replace(/sid=[^&]*/, 'sid=AAAAAAAAAAAAAAAAAAAAAA');
    });
    expect((await valuesIn(page)).join('')).toContain(VISA.cvc);
    expect((await tokenize(page)).token?.id).toMatch(/^tok_test_/);
    saw('3 reloads, 0 values left, ready 3 times; a changed hash did nothing; then a token');
  },
);

/** Two loads in a row: the hello of the second may meet the ear that was opened for the first. */
const TWICE = `new Promise((resolve) => {
  const outcome = [];
  card.on('ready', () => outcome.push('ready'));
  card.on('loaderror', ({ error }) => outcome.push(error.code));
  const frame = document.querySelector('#card iframe');
  const { src } = frame;
  frame.src = 'about:blank';
  setTimeout(() => { frame.src = src; }, 200);
  setTimeout(() => resolve(outcome.at(-1) ?? 'nothing'), 5000);
})`;

test(
  'is ready again or fails in words when its frame is loaded twice in a row',
  attack(5, 'a field goes to about:blank mid-typing and 200 ms later back', '@full'),
  async ({ page, merchant }) => {
    await openCard(page, merchant.cardPage());
    await cardFrame(page).locator('[autocomplete=cc-number]').click();
    await page.keyboard.type('42424242');
    const outcome = String(await page.evaluate(TWICE));
    expect(outcome).toMatch(/^(ready|frame_timeout)$/);
    if (outcome !== 'ready') await page.evaluate(() => Reflect.get(window, 'card').retry());
    expect(await valuesIn(page)).toStrictEqual(['', '', '']);
    await typeCard(page);
    expect((await tokenize(page)).token?.id).toMatch(/^tok_test_/);
    saw(
      `${outcome}${outcome === 'ready' ? '' : ', and ready after retry()'}; 0 values left; then a token`,
    );
  },
);

test(
  'pays or fails in words while the page takes the controller away and brings it back',
  attack(
    5,
    'the controller removed before and during calls, moved, loaded again, and sent where it is',
    '@full',
  ),
  async ({ page, merchant }) => {
    // One that is taken away mid-call is waited for until the deadline of the call, 40 s.
    test.setTimeout(240_000);
    const outcomes: string[] = [];
    const acts = [
      `controller.remove();`,
      `document.body.prepend(controller);`,
      `controller.src = controller.src.replace('#', '?again#');`,
      `controller.src = controller.src;`,
      `controller.src = controller.src; controller.src = controller.src;`,
    ];
    for (const act of acts) {
      for (const wait of [undefined, 5]) {
        await openCard(page, merchant.cardPage());
        await typeCard(page);
        await page.locator('iframe[name^=hushfield-]').waitFor({ state: 'attached' });
        const outcome: string = await page.evaluate(`(async () => {
        const controller = document.querySelector('iframe[name^=hushfield-]');
        const act = () => { ${act} };
        if (${wait === undefined}) act(); else setTimeout(act, ${wait ?? 0});
        const start = performance.now();
        const { token, error } = await elements.tokenize();
        return (token ? 'token' : error.code) + (performance.now() - start > 10000 ? ' late' : '');
      })()`);
        expect(outcome).toMatch(
          /^(token|aborted|timeout|frame_timeout|service_unavailable|session_expired|rate_limited)( late)?$/,
        );
        // Nothing is broken for good.
        if (!outcome.startsWith('token')) outcomes.push(`${act} after ${wait}: ${outcome}`);
      }
    }
    const calls = 2 * acts.length;
    saw(`${calls} calls, ${calls - outcomes.length} tokens; ${outcomes.join('; ')}`);
  },
);

test(
  'ends in words when the next document of the controller cannot come',
  attack(
    5,
    'the vault dies while a ticket runs out, and a browser may show its error page',
    '@full',
  ),
  async ({ page }) => {
    test.setTimeout(90_000);
    const deployment = await deploy({ env: () => ({ TICKET_SECONDS: '10' }) });
    try {
      await page.goto(deployment.shopOrigin);
      const shopper = new Shopper(page, 'card');
      await shopper.input('cvc').waitFor();
      await shopper.fill({ number: VISA.number, expiry: VISA.expiry, cvc: VISA.cvc });
      await deployment.vault.kill();
      await page.waitForTimeout(12_000);
      await shopper.payButton.click();
      await expect(shopper.alert.filter({ hasText: /\w/ })).toBeVisible({ timeout: 20_000 });
      await deployment.startVault();
      await page.getByRole('button', { name: 'Try again' }).click();
      await expect(shopper.token).toBeVisible({ timeout: 20_000 });
      saw('told within the deadline of the frame; paid after one more try, nothing typed again');
    } finally {
      await deployment.dispose();
    }
  },
);

const LISTEN = `
  window.heard = '';
  addEventListener('keydown', ({ key }) => { heard += key; }, true);`;

test(
  'cannot keep the keys of a shopper whose frame the page takes away mid-number',
  residual(
    5,
    'the page removes or navigates the iframe after two digits and listens for the rest',
    '@full',
  ),
  async ({ page, merchant }) => {
    const number = canaryNumber();
    const figures: string[] = [];
    const acts = { removed: `frame.remove();`, navigated: `frame.src = '${lookAlike(merchant)}';` };
    for (const [how, act] of Object.entries(acts)) {
      await openCard(page, merchant.cardPage({ prelude: LISTEN }));
      await cardFrame(page).locator('[autocomplete=cc-number]').click();
      await page.keyboard.type(number.slice(0, 2));
      await page.evaluate(`{ const frame = document.querySelector('iframe'); ${act} }`);
      await page.waitForTimeout(300);
      await page.keyboard.type(number.slice(2), { delay: 10 });
      const heard: string = await page.evaluate(() => Reflect.get(window, 'heard'));
      // Never what was typed before: that went with the document.
      expect(number.slice(2)).toContain(heard);
      figures.push(`${how} ${heard.length} of 14`);
    }
    saw(`digits the page heard: ${figures.join(', ')}; of the first two: 0`);
  },
);
