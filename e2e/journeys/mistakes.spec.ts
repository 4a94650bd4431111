import { VISA } from '../support/cards.ts';
import { expect, test } from '../support/test.ts';

const lastYear = String((new Date().getUTCFullYear() - 1) % 100).padStart(2, '0');

for (const [title, card, field, message] of [
  ['a wrong number', { ...VISA, number: '4242424242424241' }, 'number', /check the card number/i],
  ['an expired card', { ...VISA, expiry: `12${lastYear}` }, 'expiry', /expired/i],
  ['half a number', { ...VISA, number: '42424242' }, 'number', /whole card number/i],
  ['no expiry', { ...VISA, expiry: '' }, 'expiry', /expiry/i],
  ['half a code', { ...VISA, cvc: '1' }, 'cvc', /security code/i],
] as const) {
  for (const layout of ['card', 'separate'] as const) {
    test(`says what is wrong with ${title} (${layout}), then takes the corrected card`, async ({
      visit,
      page,
    }) => {
      const posts: string[] = [];
      page.on('request', (request) => {
        if (request.method() === 'POST') posts.push(request.url());
      });
      const shopper = await visit(`?layout=${layout}`);
      await shopper.fill(card);
      await shopper.payButton.click();
      await expect(shopper.message(field)).toHaveText(message);
      await expect(shopper.input(field)).toHaveAttribute('aria-invalid', 'true');
      await expect(shopper.payButton).not.toHaveAttribute('aria-busy', 'true');
      expect(posts).toStrictEqual([]);

      await shopper.input(field).fill('');
      await shopper.type(field, VISA[field]);
      await expect(shopper.input(field)).toHaveAttribute('aria-invalid', 'false');
      await shopper.pay();
    });
  }
}

test('says nothing is wrong before anything was typed', async ({ visit }) => {
  const shopper = await visit();
  await expect(shopper.message('number')).toBeEmpty();
  await shopper.input('number').click();
  await shopper.input('cvc').click();
  await expect(shopper.message('number')).toBeEmpty();
});

test('shows what only the vault can know: a valid number that test mode refuses', async ({
  visit,
}) => {
  const shopper = await visit();
  await shopper.fill({ ...VISA, number: '4539578763621486' });
  await shopper.payButton.click();
  await expect(shopper.message('number')).toHaveText(/check the card number/i);
  await expect(shopper.input('number')).toHaveValue('4539 5787 6362 1486');
  await expect(shopper.input('number')).toBeFocused();

  await shopper.input('number').fill('');
  await shopper.type('number', VISA.number);
  await shopper.pay();
});

test('takes the message away when all is empty again', async ({ visit }) => {
  const shopper = await visit();
  await shopper.payButton.click();
  await expect(shopper.message('number')).not.toBeEmpty();
  await shopper.type('number', '4');
  await expect(shopper.input('number')).toHaveAttribute('aria-invalid', 'false');
});
