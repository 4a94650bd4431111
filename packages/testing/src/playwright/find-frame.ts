import type { Field, Scope, Where } from './types.ts';

/** Frames of fields, under whichever protocol; that of the connection holds no inputs. */
const FRAMES = ['field', 'iban', 'accountNumber', 'text']
  .map((name) => `iframe[src*="/pk_"][src*="/${name}"]`)
  .join();
const TIMEOUT_MS = 10_000;
const AGAIN_MS = 50;

/** The inputs of a card, in the order in which it is typed. */
export const CARD_FIELDS = ['number', 'expiry', 'cvc', 'name', 'postalCode'] as const;
/** Every input there is. */
const FIELDS: readonly Field[] = [
  ...CARD_FIELDS,
  ...(['iban', 'routingNumber', 'accountNumber', 'text'] as const),
];

/**
 * The frame that holds the input of a field, once that can be typed into: a frame has no inputs before its
 * element is ready.
 *
 * @throws Error that says what there is instead.
 */
export async function findFrame(
  scope: Scope,
  field: Field,
  { within, timeout = TIMEOUT_MS }: Where,
): Promise<Scope> {
  const place = typeof within === 'string' ? scope.locator(within) : (within ?? scope);
  const deadline = Date.now() + timeout;
  for (;;) {
    const frames = (await place.locator(FRAMES).all()).map((frame) => frame.contentFrame());
    const holders = await filterAsync(frames, (frame) => holds(frame, field));
    const [holder] = holders;
    if (holder && holders.length === 1) return holder;
    if (Date.now() >= deadline) throw await nothingThere(field, frames, holders.length);
    await new Promise((resolve) => setTimeout(resolve, AGAIN_MS));
  }
}

/** Why there is no one input, in words that name the mistake. */
async function nothingThere(field: Field, frames: Scope[], holders: number): Promise<Error> {
  const no = `There is no input "${field}"`;
  if (holders > 1) {
    return new Error(`${holders} elements have an input "${field}": say which one by \`within\`.`);
  }
  if (frames.length === 0) {
    return new Error(
      `${no}: no element is mounted here. Is it in another part of the page, or in a closed shadow root?`,
    );
  }
  const there: Field[] = [];
  for (const frame of frames) {
    there.push(...(await filterAsync(FIELDS, (name) => holds(frame, name))));
  }
  if (there.length === 0)
    return new Error(`${no}: an element is mounted and has not become ready.`);
  return new Error(`${no}: what is mounted has ${there.join(', ')}.`);
}

/** The input, inside its frame. */
export function inputOf(field: Field): string {
  return `input#${field}`;
}

/** Whether a frame has that input. */
export async function holds(frame: Scope, field: Field): Promise<boolean> {
  return (await frame.locator(inputOf(field)).count()) > 0;
}

async function filterAsync<T>(all: readonly T[], keep: (one: T) => Promise<boolean>): Promise<T[]> {
  const kept = await Promise.all(all.map(keep));
  return all.filter((_, index) => kept[index]);
}
