import type { CDPSession, Page } from '@playwright/test';
import { fieldFrames } from './honest-page.ts';

/** The hands that Playwright does not have: an input method, a phone's keyboard, a drag from elsewhere. Chromium only. */
export class InputMethod {
  readonly #line: CDPSession;

  private constructor(line: CDPSession) {
    this.#line = line;
  }

  /** That of the first field's own renderer, if it has one; else the page's. */
  static async of(page: Page): Promise<InputMethod> {
    const [frame] = fieldFrames(page);
    const context = page.context();
    const line = await context
      .newCDPSession(frame ?? page)
      .catch(() => context.newCDPSession(page));
    return new InputMethod(line);
  }

  /** What is underlined while it is composed; `over` is the text it takes up again. */
  async compose(text: string, over?: readonly [start: number, end: number]): Promise<void> {
    const [replacementStart, replacementEnd] = over ?? [];
    const end = text.length;
    await this.#line.send('Input.imeSetComposition', {
      text,
      selectionStart: end,
      selectionEnd: end,
      ...(replacementStart === undefined ? {} : { replacementStart }),
      ...(replacementEnd === undefined ? {} : { replacementEnd }),
    });
  }

  /** Ends a composition with a text; without one, puts a whole text in as typed, as a keyboard's clipboard does. */
  async commit(text: string): Promise<void> {
    await this.#line.send('Input.insertText', { text });
  }

  /** A key of a phone: its name is told to nobody, only what it does. */
  async press(does?: 'deleteBackward' | 'deleteForward'): Promise<void> {
    const key = { key: 'Unidentified', windowsVirtualKeyCode: 229 };
    const commands = does === undefined ? [] : [does];
    await this.#line.send('Input.dispatchKeyEvent', { type: 'rawKeyDown', ...key, commands });
    await this.#line.send('Input.dispatchKeyEvent', { type: 'keyUp', ...key });
  }
}
