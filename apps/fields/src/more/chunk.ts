import choiceCss from '../networks/networks.css?inline';
import splitCss from '../split/split.css?inline';

/*
 * What a card's document fetches when it is first wanted: one file for all of it, since each has a hash in the
 * document. A page's rules, in a sheet before this one, are weaker by their selectors too.
 */
export { networkChoice } from '../networks/network-choice.ts';
export { splitExpiry } from '../split/split-input.ts';

const sheet = new CSSStyleSheet();
sheet.replaceSync(choiceCss + splitCss);
document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet];
