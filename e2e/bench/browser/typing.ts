import { evaluate, type Session } from './cdp.ts';

type Point = { readonly x: number; readonly y: number };

/** An input in a frame of another process. */
export type FrameInput = { readonly frame: Session; readonly index: number };

const inside = () =>
  [...document.querySelectorAll('input')].map((input) => {
    const { x, y, width, height } = input.getBoundingClientRect();
    return { x: x + width / 2, y: y + height / 2 };
  });

/** Where a frame's content starts in the page. Frames can share a URL, so the browser is asked. */
async function cornerOf(page: Session, frame: Session): Promise<Point> {
  const { frameTree } = await frame.send('Page.getFrameTree');
  await page.send('DOM.enable');
  const { backendNodeId } = await page.send('DOM.getFrameOwner', { frameId: frameTree.frame.id });
  const { model } = await page.send('DOM.getBoxModel', { backendNodeId });
  const [x = 0, y = 0] = model.content;
  return { x, y };
}

type Placed = FrameInput & { readonly at: Point };

/** The inputs of one frame, with their places in the page. */
async function placedIn(page: Session, frame: Session): Promise<readonly Placed[]> {
  // A frame that is still on its way has no inputs yet; the caller counts.
  const seen = await evaluate(frame, inside).catch(() => []);
  if (seen.length === 0) return [];
  const corner = await cornerOf(page, frame);
  return seen.map(({ x, y }, index) => {
    return { frame, index, at: { x: corner.x + x, y: corner.y + y } };
  });
}

/** Every input of every attached frame, in the order of the page. */
export async function findInputs(
  page: Session,
  frames: readonly Session[],
): Promise<readonly FrameInput[]> {
  const found = await Promise.all(frames.map((frame) => placedIn(page, frame)));
  return found.flat().toSorted((a, b) => a.at.y - b.at.y || a.at.x - b.at.x);
}

/**
 * A real click, routed by the browser to whichever process is there. Places are asked for anew: an
 * error text below one input moves the next.
 */
export async function click(page: Session, { frame, index }: FrameInput): Promise<void> {
  const place = (await placedIn(page, frame))[index];
  if (!place) throw new Error('the input is gone');
  const at = { ...place.at, button: 'left', clickCount: 1 } as const;
  await page.send('Input.dispatchMouseEvent', { type: 'mousePressed', ...at });
  await page.send('Input.dispatchMouseEvent', { type: 'mouseReleased', ...at });
}

/** A real digit key, down and up. */
export async function pressDigit(page: Session, digit: string): Promise<void> {
  const key = { key: digit, code: `Digit${digit}`, windowsVirtualKeyCode: digit.charCodeAt(0) };
  await page.send('Input.dispatchKeyEvent', { type: 'keyDown', text: digit, ...key });
  await page.send('Input.dispatchKeyEvent', { type: 'keyUp', ...key });
}

/** Empties the input that has the focus. */
export async function eraseAll(page: Session): Promise<void> {
  const a = { key: 'a', code: 'KeyA', windowsVirtualKeyCode: 65, modifiers: 2 };
  await page.send('Input.dispatchKeyEvent', { type: 'rawKeyDown', commands: ['selectAll'], ...a });
  await page.send('Input.dispatchKeyEvent', { type: 'keyUp', ...a });
  const backspace = { key: 'Backspace', code: 'Backspace', windowsVirtualKeyCode: 8 };
  await page.send('Input.dispatchKeyEvent', { type: 'rawKeyDown', ...backspace });
  await page.send('Input.dispatchKeyEvent', { type: 'keyUp', ...backspace });
}

export function valueOf({ frame, index }: FrameInput): Promise<string> {
  return evaluate(
    frame,
    (index: number) => document.querySelectorAll('input')[index]?.value ?? '',
    index,
  );
}

const DIGIT = '1';
const TRIES = 4;

const painted = () =>
  new Promise<void>((resolve) => {
    requestAnimationFrame(() => requestAnimationFrame(() => resolve()));
  });

/** The browser can route a click into a frame of another process once it has seen it painted. */
async function digitArrives(page: Session, input: FrameInput): Promise<boolean> {
  await evaluate(input.frame, painted);
  for (let tries = 0; tries < TRIES; tries += 1) {
    await evaluate(page, painted);
    await click(page, input);
    await pressDigit(page, DIGIT);
    if ((await valueOf(input)).includes(DIGIT)) return true;
  }
  return false;
}

/**
 * Clicks into each input and types a digit.
 *
 * @throws Error when a digit does not arrive, or when there are not as many inputs as expected.
 */
export async function proveTypeable(
  page: Session,
  frames: readonly Session[],
  expected: number,
): Promise<void> {
  const inputs = await findInputs(page, frames);
  if (inputs.length !== expected) {
    throw new Error(`ready with ${inputs.length} of ${expected} inputs`);
  }
  for (const input of inputs) {
    if (await digitArrives(page, input)) continue;
    throw new Error(`a key did not arrive in input ${input.index}`);
  }
}
