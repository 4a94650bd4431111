import { cards } from '@hushfield/testing/cards';
import { importToken, newGrant, readToken } from '../support/backend.ts';
import { VISA } from '../support/cards.ts';
import { grantingKey } from '../support/granting-key.ts';
import { honestPage } from '../support/honest-page.ts';
import { expect, test, type Webkit } from '../support/webkit-driver.ts';

/* Parts of `journeys/secrets`, `reveal`, `networks` and `split.spec.ts`, in the system's WebKit. */

const scriptOf = (...made: readonly [type: string, options?: object][]) => `
  window.elements = Hushfield(KEY).elements();
  window.made = ${JSON.stringify(made)}.map(([type, options]) => elements.create(type, options));
  window.told = [];
  for (const element of made)
    for (const event of ['change', 'copy', 'warning'])
      element.on(event, (payload) => told.push([event, payload]));
  window.ready = Promise.all(made.map((element, index) => element.mount('#box-' + index)));
  ready.catch(() => {});`;
const BOXES = [0, 1].map((index) => `<div id="box-${index}"></div>`).join('');

const told = async (webkit: Webkit) => String(await webkit.run('return JSON.stringify(told)'));
const frameIn = (webkit: Webkit, box: number) => webkit.one(`#box-${box} iframe`);
const press = async (webkit: Webkit, css: string) =>
  webkit.inside(await frameIn(webkit, 0), async () => (await webkit.one(css)).click());
const textIn = async (webkit: Webkit, box: number, css: string) =>
  webkit.inside(await frameIn(webkit, box), () =>
    webkit.run(`return document.querySelector('${css}').textContent`),
  );

for (const [element, typed, token] of [
  ['iban', { iban: 'DE89370400440532013000' }, { type: 'iban', iban: { last4: '3000' } }],
  [
    'accountNumber',
    // The routing number is full after nine digits, and typing goes on in the next input.
    { routingNumber: '110000000000123456789' },
    { type: 'bank_account', bankAccount: { last4: '6789' } },
  ],
  ['text', { text: 'K1-7734-9901' }, { type: 'text', text: { policy: 'national-id' } }],
] as const)
  test(`makes a token of what is typed into ${element}`, async ({ webkit, merchant }) => {
    const options = element === 'text' ? { policy: 'national-id' } : {};
    const script = scriptOf([element, options]);
    expect(await webkit.open(honestPage(merchant, { script, body: BOXES }))).toBe('ready');
    for (const [input, text] of Object.entries(typed)) {
      await press(webkit, `#${input}`);
      await webkit.type(text);
    }
    const id = await webkit.tokenize();
    expect(id).toMatch(/^tok_test_/);
    expect((await readToken(merchant.deployment, id)).body).toMatchObject(token);
    expect(await told(webkit)).not.toMatch(/3704|0532|1234|7734/);
  });

test('shows a card and copies it, past the page', async ({ webkit, merchant }) => {
  test.slow();
  const { deployment, origin } = merchant;
  const key = await grantingKey(deployment);
  const token = await importToken(deployment, {
    ...{ number: VISA.number, expMonth: 12, expYear: 2030 },
  });
  const what = { purpose: 'reveal', token, redaction: 'plain', origins: [origin] };
  const grant = await newGrant(deployment, key, what);
  const script = scriptOf(['reveal'], ['copyButton']);
  expect(await webkit.open(honestPage(merchant, { script, body: BOXES }))).toBe('ready');
  const answer = await webkit.run(
    'return JSON.stringify(await elements.reveal({ grant: arguments[0] }))',
    grant,
  );
  expect(answer).toContain('"revealed":true');
  await expect.poll(() => textIn(webkit, 0, 'output')).toBe('4242 4242 4242 4242');
  const button = await frameIn(webkit, 1);
  await webkit.inside(button, async () => (await webkit.one('button')).click());
  await expect.poll(() => told(webkit)).toContain('["copy",{"field":"shown"}]');
  expect(await textIn(webkit, 1, '[role=status]')).toBe('Copied');
  expect(String(answer) + (await told(webkit))).not.toContain('4242');
});

test('lets the holder of a co-badged card choose', async ({ webkit, merchant }) => {
  const { number, expiry, cvc } = cards.coBadgedDankort;
  const own = { preferredNetworks: ['visa'] };
  expect(await webkit.open(merchant.cardPage({ own }))).toBe('ready');
  const frame = await webkit.frame();
  await webkit.click(frame, 'cc-number');
  await webkit.type(number + expiry + cvc);
  await webkit.inside(frame, async () => (await webkit.one('input[value=dankort]')).click());
  const chosen = () => webkit.run('return card.getState().network');
  await expect.poll(chosen).toBe('dankort');
  const { body } = await readToken(merchant.deployment, await webkit.tokenize());
  expect(body['card']).toMatchObject({ networks: ['visa', 'dankort'], network: 'dankort' });
});

test('takes an expiry in two inputs, typed as one stream of digits', async ({
  webkit,
  merchant,
}) => {
  expect(await webkit.open(merchant.cardPage({ own: { split: true } }))).toBe('ready');
  const frame = await webkit.frame();
  await webkit.click(frame, 'cc-number');
  await webkit.type(VISA.number + VISA.expiry + VISA.cvc);
  expect(await webkit.values(frame)).toStrictEqual([
    ...['4242 4242 4242 4242', VISA.expiry.slice(0, 2), VISA.expiry.slice(2), VISA.cvc],
  ]);
  expect(await webkit.tokenize()).toMatch(/^tok_test_/);
});
