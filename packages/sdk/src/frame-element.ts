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

const COMMON: Readonly<Record<string, string>> = {
  border: '0',
  margin: '0',
  padding: '0',
  // The frame paints its own background or none; a mismatch of schemes would paint a white box.
  background: 'transparent',
};

/**
 * Makes one of our iframes. Styles go through CSSOM, so that a page with a strict `style-src` needs
 * no exception; the sandbox takes navigation, popups and downloads away from our own document too.
 */
export function makeFrame(options: {
  src: string;
  title: string;
  name?: string;
  styles: Readonly<Record<string, string>>;
}): HTMLIFrameElement {
  const frame = document.createElement('iframe');
  frame.setAttribute('sandbox', 'allow-scripts allow-same-origin allow-forms');
  frame.setAttribute('allow', 'autofill; clipboard-write');
  frame.referrerPolicy = 'origin';
  frame.title = options.title;
  if (options.name !== undefined) frame.name = options.name;
  for (const [property, value] of Object.entries({ ...COMMON, ...options.styles })) {
    frame.style.setProperty(property, value);
  }
  frame.src = options.src;
  return frame;
}
