import { saw } from '../support/attack.ts';
import { witness } from '../support/contract-page.ts';
import { CARD, SEPARATE } from '../support/contract-script.ts';
import { expect, test } from '../support/merchant.ts';

for (const [name, steps] of [
  ['a card', CARD],
  ['three elements', SEPARATE],
] as const) {
  test(`the fake answers and tells what the SDK does, step by step (${name})`, async ({
    page,
    merchant,
  }) => {
    test.setTimeout(180_000);
    const fake = await witness(page, merchant, 'fake', steps);
    const real = await witness(page, merchant, 'real', steps);
    expect(fake).toStrictEqual(real);
    saw(`${steps.length} steps, each with the same answer, events, states and classes`);
  });
}
