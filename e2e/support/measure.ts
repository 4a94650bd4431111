/** What is wrong with the room of one frame: nothing, where all of it can be seen and reached. */
export type Spill = {
  /** What language was measured. */
  readonly lang: string;
  /** How much further the document reaches than its frame, CSS px. */
  readonly x: number;
  readonly y: number;
  /** What is cut off inside, by what it is. */
  readonly cut: string[];
  /** What stands outside of the frame. */
  readonly outside: string[];
  /** Targets that are less than 24 px wide or high (WCAG 2.5.8). */
  readonly small: string[];
};

export const FITS: Omit<Spill, 'lang'> = { x: 0, y: 0, cut: [], outside: [], small: [] };

/** Measures the document it runs in; it travels as text. `texts` says whether what was typed has to fit too. */
export function measureDocument(texts: boolean): Spill {
  const { scrollWidth, clientWidth, scrollHeight, clientHeight } = document.documentElement;
  const nameOf = (one: Element) =>
    `${one.tagName} ${one.id || one.className || one.getAttribute('for')}`;
  const all = [...document.querySelectorAll('label, p, span, input')];
  const isInput = (one: Element) => one.tagName === 'INPUT';
  const isCut = (one: Element) =>
    one.scrollWidth > one.clientWidth + 1 ||
    // Fonts reach a little further than their lines, with nothing that is drawn.
    (!isInput(one) && one.scrollHeight > one.clientHeight + 2);
  const told = all.filter((one) => texts || !isInput(one));
  return {
    lang: document.documentElement.lang,
    x: scrollWidth - clientWidth,
    y: scrollHeight - clientHeight,
    cut: told.filter((one) => one.clientWidth > 0 && isCut(one)).map(nameOf),
    outside: all
      .filter((one) => {
        const { left, right, top, bottom } = one.getBoundingClientRect();
        return left < 0 || top < 0 || right > innerWidth + 0.5 || bottom > innerHeight + 0.5;
      })
      .map(nameOf),
    small: all
      .filter((one) => isInput(one) && Math.min(one.clientWidth, one.clientHeight) < 24)
      .map(nameOf),
  };
}

/** What WCAG 1.4.12 lets a reader ask for; there is one paragraph, and none to be apart from it. It travels as text, and is put on again after each change of looks. */
export function spaceOut(): void {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(`
    * { line-height: 1.5 !important; letter-spacing: 0.12em !important; word-spacing: 0.16em !important; }`);
  document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet];
}
