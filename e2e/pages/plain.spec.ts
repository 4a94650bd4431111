import { expect, openCard, test, tokenize, typeCard, valuesIn } from '../support/merchant.ts';

// Beside every attack of `pnpm attack:mutants` this must pass: what cannot do it is no product.
test('trades an honest card for a token on a plain page', async ({ page, merchant }) => {
  await openCard(page, merchant.cardPage());
  await typeCard(page);
  const { token } = await tokenize(page);
  expect(token?.id).toMatch(/^tok_test_/);
  await expect.poll(() => valuesIn(page)).toStrictEqual(['', '', '']);
});
