/*
 * Bait: an element under a transparent layer, or shrunk to a dot, takes what a shopper believes to
 * type elsewhere. Every engine can tell how much of it can be seen, and Chromium what lies over it
 * (IntersectionObserver v2). It is reported and never acted upon, since an honest page's opacity or
 * filter looks the same.
 */

const OBSCURED_MS = 500;
/** CSS px; nobody can read what they type in less. */
const NARROWEST = 24;
/** The browser's floor between two reports of visibility. */
const DELAY_MS = 100;

type Visibility = IntersectionObserverEntry & { readonly isVisible?: boolean };

/** Calls `tell` when an element that has focus cannot be seen for half a second. */
export function watchVisibility(root: Element, tell: () => void): void {
  let timer = 0;
  const options = { trackVisibility: true, delay: DELAY_MS, threshold: [0, 0.5] };
  const observer = new IntersectionObserver((entries) => {
    clearTimeout(timer);
    const { isVisible, intersectionRatio } = entries.at(-1) as Visibility;
    const seen = isVisible !== false && intersectionRatio >= 0.5 && root.clientWidth >= NARROWEST;
    if (!seen) timer = window.setTimeout(tell, OBSCURED_MS);
  }, options);
  // Not all the time: Chromium drops taps on a watched frame that has just been scrolled.
  addEventListener('focus', () => observer.observe(root));
  addEventListener('blur', () => {
    observer.disconnect();
    clearTimeout(timer);
  });
}
