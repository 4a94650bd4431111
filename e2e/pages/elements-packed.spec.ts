import { cards } from '@hushfield/testing/cards';
import { fillCard } from '@hushfield/testing/playwright';
import { readToken } from '../support/backend.ts';
import { bundle } from '../support/bundle.ts';
import { groupOf, posted } from '../support/elements-page.ts';
import { expect, test } from '../support/merchant.ts';
import { type Outside, packed, tsc } from '../support/packed.ts';

/** A merchant's own module; every type in it comes out of the tarballs. */
const CHECKOUT = `
import { registerHushfieldElements } from '@hushfield/elements';
import '@hushfield/elements/register';
registerHushfieldElements({ prefix: 'shop' });
const group = document.querySelector('hushfield-group');
const card = document.querySelector('hushfield-card');
if (!group || !card) throw new Error('the page is not what it was');
card.options = { labels: { number: 'Card' } };
card.addEventListener('hushfield:change', ({ detail }) => {
  const complete: boolean = detail.complete;
  document.title = complete ? 'complete' : detail.brand;
});
// @ts-expect-error there is no such option
card.options = { colour: 'red' } && card.options;
export const pay = (): Promise<string | undefined> => group.tokenize().then(({ token }) => token?.id);
`;

/** His unit test, and what runs on his server. */
const UNIT = `
import { cards } from '@hushfield/testing/cards';
import { type FakeHushfield, fakeHushfield } from '@hushfield/testing/fake';
import { HushfieldError, loadHushfield } from '@hushfield/sdk';
import { registerHushfieldElements } from '@hushfield/elements';
import '@hushfield/elements/register';
registerHushfieldElements();
const fake: FakeHushfield = fakeHushfield();
const elements = fake.elements();
await elements.create('card').mount('#card');
await fake.fillCard(cards.visa);
const { token } = await elements.tokenize();
let known = false;
try { fake.elements({ session: 'x' }); } catch (error) { known = error instanceof HushfieldError; }
const real = await loadHushfield('pk_test_x', {});
process.stdout.write([token?.card?.last4, known, real].join(' '));
declare const process: { stdout: { write(text: string): void } };
`;

const CONFIG = {
  compilerOptions: {
    ...{ target: 'es2022', module: 'preserve', strict: true, noEmit: true, types: [] },
    ...{ lib: ['es2023', 'dom', 'dom.iterable'], skipLibCheck: false, verbatimModuleSyntax: true },
  },
  include: ['*.ts'],
};

let outside: Outside;
test.beforeAll(() => {
  outside = packed(['sdk', 'elements', 'testing']);
  outside.write('checkout.ts', CHECKOUT);
  outside.write('unit.ts', UNIT);
  outside.write('tsconfig.json', JSON.stringify(CONFIG));
});
test.afterAll(() => outside.dispose());

test('compiles against what is published, library types included', () => {
  expect(outside.run(tsc, '-p', '.')).toBe('');
});

test('runs on a server and in a unit test, without a page', () => {
  const args = ['--disable-warning=ExperimentalWarning', '--experimental-strip-types', 'unit.ts'];
  expect(outside.run(process.execPath, ...args)).toBe('4242 true ');
});

test('pays with a page that is built of it', async ({ page, merchant }) => {
  const script = await bundle(CHECKOUT.replace(/^\/\/ @ts.*\n.*\n/m, ''), outside.folder);
  const form = `
    <form action="/paid" method="post">
      <hushfield-group name="token" ${groupOf(merchant)}><hushfield-card></hushfield-card></hushfield-group>
      <button>Pay</button>
    </form>`;
  merchant.pages.set('/packed', '', `${form}<script type="module">${script}</script>`);
  await page.goto(`${merchant.origin}/packed`);
  await expect(page.frameLocator('hushfield-card iframe').getByLabel('Card')).toBeVisible();
  await fillCard(page, cards.visa);
  await expect(page).toHaveTitle('complete');
  const fields = await posted(merchant, () => page.getByRole('button', { name: 'Pay' }).click());
  const id = fields['token'] ?? '';
  const { body: token } = await readToken(merchant.deployment, id);
  expect(token).toMatchObject({ id, card: { last4: '4242' } });
});
