import { CARD_FIELDS, findFrame, holds, inputOf } from './find-frame.ts';
import type { Field, Scope, TypedCard, Where } from './types.ts';

/*
 * Nothing here reads what stands in an input. A page cannot, and a test that does has been written
 * against something that no page will ever see.
 */

/**
 * A field takes the loss of its focus within 400 ms of a digit for a theft, unless by a key that leaves.
 * A person's hand needs as long from the keys to the mouse.
 */
const HAND_MS = 450;

/**
 * Types a card key by key, whether one element holds all inputs or each has its own. What the card has no
 * text for is left alone.
 *
 * @param scope - a Playwright `Page`, `Frame`, `Locator` or `FrameLocator`.
 * @throws Error when there is no such input, or more than one.
 *
 * @example
 * await fillCard(page, cards.visa);
 * await fillCard(page, cards.amex, { within: '#second-card' });
 */
export async function fillCard(scope: Scope, card: TypedCard, where: Where = {}): Promise<void> {
  const typed = CARD_FIELDS.filter((field) => card[field] !== undefined);
  for (const [index, field] of typed.entries()) {
    const frame = await findFrame(scope, field, where);
    await typeIn(frame, field, card[field] ?? '');
    const next = typed[index + 1];
    // From input to input of one frame, its window keeps the focus.
    if (!next || !(await holds(frame, next))) await handMoves();
  }
}

/**
 * Types a text into one input, in the place of what stood there, and waits as long as a hand does before
 * it does something else. Focus moves on by itself from an input that is full, as it does for a shopper.
 */
export async function fillField(
  scope: Scope,
  field: Field,
  text: string,
  where: Where = {},
): Promise<void> {
  await typeIn(await findFrame(scope, field, where), field, text);
  if (text !== '') await handMoves();
}

async function typeIn(frame: Scope, field: Field, text: string): Promise<void> {
  const input = frame.locator(inputOf(field));
  await input.click();
  await input.press('ControlOrMeta+a');
  if (text === '') await input.press('Delete');
  else await input.pressSequentially(text);
}

function handMoves(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, HAND_MS));
}

/**
 * Chooses by which network a co-badged card is paid, as states and tokens name it, once that is offered.
 *
 * @example
 * await fillCard(page, cards.coBadgedDankort);
 * await chooseNetwork(page, 'dankort');
 */
export async function chooseNetwork(
  scope: Scope,
  network: string,
  where: Where = {},
): Promise<void> {
  if (!/^\w+$/.test(network)) throw new Error(`There is no network "${network}".`);
  const frame = await findFrame(scope, 'number', where);
  await frame.locator(`input[name=network][value=${network}]`).click();
}

/** Empties one input, by the keyboard. */
export function clearField(scope: Scope, field: Field, where: Where = {}): Promise<void> {
  return fillField(scope, field, '', where);
}

/** Presses a key in an input: `Enter` submits the surrounding form. */
export async function pressKey(
  scope: Scope,
  field: Field,
  key: string,
  where: Where = {},
): Promise<void> {
  const frame = await findFrame(scope, field, where);
  await frame.locator(inputOf(field)).press(key);
}

/**
 * The message that the shopper is shown at an input; empty when there is none. An element shows one at a
 * time. To wait for it: `await expect.poll(() => fieldError(page, 'number')).toMatch(/card number/)`.
 */
export async function fieldError(scope: Scope, field: Field, where: Where = {}): Promise<string> {
  const frame = await findFrame(scope, field, where);
  const describedBy = await frame.locator(inputOf(field)).getAttribute('aria-describedby');
  if (describedBy === null || !/^\w+$/.test(describedBy)) return '';
  return (await frame.locator(`#${describedBy}`).textContent()) ?? '';
}
