import type { Page } from '@playwright/test';
import type { Merchant } from './merchant.ts';

/** Stands where a frame of ours stood: says hello in its name and brings the page whatever it is given. */
const LOOK_ALIKE = `
  const bring = (what) => parent.postMessage({ loot: what }, '*');
  addEventListener('message', ({ data, ports }) => {
    bring(JSON.stringify(data) + ' ' + ports.length);
    for (const port of ports) port.onmessage = ({ data }) => bring('port ' + JSON.stringify(data));
  });
  const hello = () => {
    for (const role of ['field', 'controller']) parent.postMessage({ v: 1, type: 'hello', role, sid: SID }, '*');
  };
  setInterval(hello, 20);
  hello();
  bring('here ' + SID);`;

/** Stands in the page and gathers it. */
export const GATHER = `
  window.loot = [];
  addEventListener('message', ({ data }) => data?.loot && loot.push(data.loot));`;

const otherOrigin = (merchant: Merchant) => merchant.origin.replace('localhost', '127.0.0.1');

/** Serves it from an origin of its own; what it needs to know the page tells it in the hash. */
export function lookAlike(merchant: Merchant): string {
  merchant.pages.set(
    '/look-alike',
    `<script>const SID = location.hash.slice(1);${LOOK_ALIKE}</script>`,
  );
  return `${otherOrigin(merchant)}/look-alike`;
}

/** What the page does with the iframe; `evil` and `sid` are at hand. */
export type Way = {
  readonly name: string;
  readonly act: string;
  /** What comes is a document of ours. */
  readonly ours?: true;
};
export const WAYS: readonly Way[] = [
  { name: 'contentWindow.location', act: `frame.contentWindow.location = evil;` },
  { name: 'src', act: `frame.src = evil;` },
  { name: 'srcdoc', act: `frame.srcdoc = markup;` },
  {
    name: 'another node',
    act: `const copy = frame.cloneNode(); copy.src = evil; frame.replaceWith(copy);`,
  },
  {
    name: 'a link by its name, else its number',
    act: `if (frame.name) { link.target = frame.name; link.href = evil; link.click(); }
      else Array.from({ length: frames.length }, (_, at) => frames[at]).find((one) => one === frame.contentWindow).location.replace(evil);`,
  },
  { name: 'data:', act: `frame.src = 'data:text/html,' + encodeURIComponent(markup);` },
  {
    name: 'blob:',
    act: `frame.src = URL.createObjectURL(new Blob([markup], { type: 'text/html' }));`,
  },
  {
    name: 'the other role of ours',
    ours: true,
    act: `frame.src = frame.src.replace('/field', '/controller').replace(/&scheme=\\w+/, '');`,
  },
];

/** Lets the page replace a frame of each group, in the way of that group. */
export async function replaceAll(
  page: Page,
  role: 'field' | 'controller',
  evil: string,
  ways: readonly Way[],
): Promise<void> {
  const acts = ways.map(({ act }) => `(frame, sid, evil, markup, link) => { ${act} }`);
  await page.evaluate(`{
    const acts = [${acts.join(', ')}];
    for (const [sid, index] of owners) {
      const frame = '${role}' === 'field' ? document.querySelector('#c' + index + ' iframe') : controllers.get(index);
      const markup = '<script>const SID = "' + sid + '";' + ${JSON.stringify(LOOK_ALIKE)} + '<' + '/script>';
      const link = document.body.appendChild(document.createElement('a'));
      acts[index](frame, sid, '${evil}#' + sid, markup, link);
    }
  }`);
}

/** How many look-alikes came up, and what they were given. */
export async function loot(page: Page): Promise<{ here: number; got: string[] }> {
  const all: string[] = await page.evaluate(() => Reflect.get(window, 'loot'));
  const got = all.filter((what) => !what.startsWith('here '));
  return { here: all.length - got.length, got };
}
