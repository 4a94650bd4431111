import { cards, refusedCards } from '@hushfield/testing/cards';
import { fieldError, fillCard } from '@hushfield/testing/playwright';
import { expect, openCard, test, tokenize } from '../support/merchant.ts';

test('gives a token for every card of the deck, of the brand that it says', async ({
  page,
  merchant,
}) => {
  test.setTimeout(90_000);
  await openCard(page, merchant.cardPage());
  for (const [name, card] of Object.entries(cards)) {
    await fillCard(page, card);
    const { token } = await tokenize(page);
    expect({ name, token }).toMatchObject({
      token: { card: { brand: card.brand, networks: card.networks, last4: card.number.slice(-4) } },
    });
  }
});

test('gives none for a card that is refused, for the reason that the deck says', async ({
  page,
  merchant,
}) => {
  test.setTimeout(60_000);
  await openCard(page, merchant.cardPage());
  const posts: string[] = [];
  page.on('request', (request) => {
    if (request.method() === 'POST') posts.push(request.url());
  });
  for (const [name, { code, field, by, ...card }] of Object.entries(refusedCards)) {
    posts.length = 0;
    await fillCard(page, card);
    const { error } = await tokenize(page);
    expect({ name, error, sent: posts.length > 0 }).toMatchObject({
      error: { code, field },
      sent: by === 'vault',
    });
    await expect.poll(() => fieldError(page, field)).not.toBe('');
  }
});
