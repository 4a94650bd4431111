import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { cards } from '@hushfield/testing/cards';
import { fillCard } from '@hushfield/testing/playwright';
import { readToken } from '../support/backend.ts';
import { bundle } from '../support/bundle.ts';
import { groupOf, posted } from '../support/elements-page.ts';
import { expect, test } from '../support/merchant.ts';
import { type Outside, packed, tsc } from '../support/packed.ts';

const ROOT = join(import.meta.dirname, '../..');

/** A merchant's own module; every type in it comes out of the tarballs. */
const CHECKOUT = `
import { registerHushfieldElements } from '@hushfield/elements';
registerHushfieldElements();
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

/** One that wants nothing but the elements, and has their types all the same. */
const REGISTERED = `
import '@hushfield/elements/register';
document.querySelector('hushfield-group')?.addEventListener('hushfield:token', ({ detail }) => {
  document.title = detail.token.id;
});
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
  outside.write('registered/main.ts', REGISTERED);
  outside.write('registered/tsconfig.json', JSON.stringify(CONFIG));
  outside.write('unit.ts', UNIT);
  outside.write('tsconfig.json', JSON.stringify(CONFIG));
});
test.afterAll(() => outside.dispose());

test('compiles against what is published, library types included', () => {
  for (const folder of ['.', 'registered']) expect(outside.run(tsc, '-p', folder)).toBe('');
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

test('pays without a bundler, by the import map of its README', async ({ page, merchant }) => {
  const readme = readFileSync(join(ROOT, 'packages/elements/README.md'), 'utf8');
  const [, map = ''] = /(<script type="importmap">[\s\S]*?)```/.exec(readme) ?? [];
  const form = `<form action="/paid" method="post"><hushfield-group name="token" ${groupOf(merchant)}><hushfield-card></hushfield-card>
    </hushfield-group><button>Pay</button></form>`;
  merchant.pages.set('/bare', map, form);
  for (const file of ['sdk/dist/index.js', 'elements/dist/index.js', 'elements/dist/register.js']) {
    const text = readFileSync(join(outside.folder, 'node_modules/@hushfield', file), 'utf8');
    const headers = { 'content-type': 'text/javascript' };
    merchant.pages.setFile(`/vendor/@hushfield/${file}`, text, headers);
  }
  await page.goto(`${merchant.origin}/bare`);
  await fillCard(page, cards.visa);
  const fields = await posted(merchant, () => page.getByRole('button', { name: 'Pay' }).click());
  expect(fields['token']).toMatch(/^tok_test_/);
});
