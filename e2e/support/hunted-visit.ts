import { expect } from '@playwright/test';
import type { HuntingGround } from './hunting-ground.ts';
import { Shopper } from './shopper.ts';

/** A way to use a checkout, or to see one fail, with cards that are hunted for afterwards. */
export type Journey = (ground: HuntingGround) => Promise<void>;

/** How long a frame may take to try again after an outage. */
export const PATIENCE = { timeout: 45_000 };
/** From a key to what is no longer taken for a theft of focus. */
export const BLINK_MS = 500;

export async function visit(ground: HuntingGround, query = '?name=1'): Promise<Shopper> {
  const { page } = ground;
  await page.goto(`${ground.deployment.shopOrigin}/${query}`);
  const shopper = new Shopper(page, query.includes('separate') ? 'separate' : 'card');
  await shopper.input('cvc').waitFor();
  return shopper;
}

export async function arrive(ground: HuntingGround, shopper: Shopper): Promise<void> {
  await shopper.token.waitFor(PATIENCE);
  await ground.witness.look(ground.page);
}

/** Waits until the shopper is told anything: paid, or not. Short tickets run out in an outage. */
export async function settle(ground: HuntingGround, shopper: Shopper): Promise<void> {
  const told = shopper.alert.filter({ hasText: /\w/ }).first();
  await expect(told.or(shopper.token)).toBeVisible(PATIENCE);
  await ground.witness.look(ground.page);
}
