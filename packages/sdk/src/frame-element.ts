import { FRAME_PATH } from '@hushfield/contract/version';

/**
 * Where a frame is loaded from. What stands in the hash never reaches a server; the language does, which
 * else is the browser's.
 */
export function frameUrl(
  fieldsOrigin: string,
  key: string,
  document: string,
  locale: string | undefined,
  hash: Record<string, string>,
): string {
  const query = locale && locale !== 'auto' ? `?l=${locale}` : '';
  return `${fieldsOrigin}/${FRAME_PATH}/${key}/${document}${query}#${new URLSearchParams(hash)}`;
}

/**
 * Makes one of our iframes. Styles go through CSSOM, so that a page with a strict `style-src` needs
 * no exception; the sandbox takes navigation, popups and downloads away from our own document too.
 */
export function makeFrame(
  own: Partial<Pick<HTMLIFrameElement, 'src' | 'title' | 'name' | 'tabIndex'>>,
  css: string,
): HTMLIFrameElement {
  const frame = document.createElement('iframe');
  frame.style.cssText = `border:0;margin:0;${css}`;
  const sandbox = 'allow-scripts allow-same-origin allow-forms';
  return Object.assign(frame, {
    sandbox,
    allow: 'autofill; clipboard-write',
    referrerPolicy: 'origin',
    ...own,
  });
}
