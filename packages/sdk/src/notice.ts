import type { FallbackTexts } from './types.ts';

const ENGLISH: FallbackTexts = { message: 'The secure fields did not load.', retry: 'Try again' };

/**
 * What a shopper is told of an element that could not be loaded, in the look of the page around it.
 *
 * @param retry - nothing where another try would come to the same.
 */
export function makeNotice(texts?: FallbackTexts, retry?: () => void): HTMLElement {
  const { message, retry: label } = texts ?? ENGLISH;
  const notice = document.createElement('div');
  notice.setAttribute('role', 'alert');
  notice.textContent = `${message} `;
  // English keeps its full stop where it belongs, also on a page that is read from the right.
  notice.dir = 'auto';
  if (!texts) notice.lang = 'en';
  if (retry) {
    const button = document.createElement('button');
    // Of no form that the element stands in.
    button.type = 'button';
    button.textContent = label;
    button.style.minHeight = '44px';
    button.onclick = retry;
    notice.append(button);
  }
  return notice;
}
