import type { Page } from '@playwright/test';
import { saw } from '../support/attack.ts';
import { importToken, newGrant } from '../support/backend.ts';
import { VISA } from '../support/cards.ts';
import { witness } from '../support/contract-page.ts';
import { CARD, SEPARATE, type Step, shownBy } from '../support/contract-script.ts';
import { grantingKey } from '../support/granting-key.ts';
import { expect, type Merchant, test } from '../support/merchant.ts';

async function compare(page: Page, merchant: Merchant, steps: readonly Step[]): Promise<void> {
  test.setTimeout(180_000);
  const fake = await witness(page, merchant, 'fake', steps);
  const real = await witness(page, merchant, 'real', steps);
  expect(fake).toStrictEqual(real);
  saw(`${steps.length} steps, each with the same answer, events, states and classes`);
}

for (const [name, steps] of [
  ['a card', CARD],
  ['three elements', SEPARATE],
] as const) {
  test(`the fake answers and tells what the SDK does, step by step (${name})`, async ({
    page,
    merchant,
  }) => {
    await compare(page, merchant, steps);
  });
}

test('the fake answers and tells what the SDK does, step by step (what is shown)', async ({
  page,
  merchant,
}) => {
  const { deployment, origin } = merchant;
  const key = await grantingKey(deployment);
  const token = await importToken(deployment, {
    number: VISA.number,
    expMonth: 12,
    expYear: 2030,
  });
  const wish = { purpose: 'reveal', token, redaction: 'plain', origins: [origin] };
  const grant = () => newGrant(deployment, key, wish);
  await compare(page, merchant, shownBy(await grant(), await grant()));
});
