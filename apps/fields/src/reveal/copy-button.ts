import type { RevealTexts } from '@hushfield/contract/boot';
import type { FieldOptions } from '@hushfield/contract/frame';
import type { Shown } from '@hushfield/contract/sibling';
import { make } from './draw.ts';

const SAID_MS = 2_000;

/** A button that puts the first thing that is shown on the clipboard, when a hand is on it. */
export class CopyButton {
  readonly element: HTMLElement;
  readonly #button: HTMLButtonElement = make('button', { type: 'button', class: 'copy' });
  readonly #status: HTMLElement = make('p', { id: 'message', role: 'status' });
  readonly #tell: (copied: boolean) => void;
  #text = '';
  #copied = '';
  #said: ReturnType<typeof setTimeout> | undefined;

  /** @param tell - what became of it. */
  constructor(tell: (copied: boolean) => void) {
    this.#tell = tell;
    // There from the start: a live region that comes with its text stays silent.
    this.element = make('div', {}, this.#button, this.#status);
    this.#button.addEventListener('click', (event) => {
      if (event.isTrusted && this.#text !== '') void this.#copy(this.#text);
    });
  }

  draw(lines: Shown['lines'], { labels, disabled }: FieldOptions, words: RevealTexts): void {
    const [line] = lines;
    this.#text = line?.text ?? '';
    this.#copied = words.copied;
    this.#button.textContent = labels.shown || words.copy;
    this.#button.disabled = disabled || this.#text === '';
  }

  async #copy(text: string): Promise<void> {
    const copied = await navigator.clipboard.writeText(text).then(
      () => true,
      () => false,
    );
    this.#status.textContent = copied ? this.#copied : '';
    clearTimeout(this.#said);
    this.#said = setTimeout(() => (this.#status.textContent = ''), SAID_MS);
    this.#tell(copied);
  }
}
