/*
 * The pages that are measured. Each marks the moment before its first script, and calls `done` with
 * the milliseconds until it is ready; the bench listens through a binding, so nothing polls.
 */
export type Origins = { readonly fields: string; readonly floor: string; readonly pk: string };

const START = '<script>globalThis.startedAt = performance.now();</script>';

const DONE = `<script>
function done(error) {
  const ready = performance.now() - startedAt;
  const at = performance.timeOrigin + performance.now();
  globalThis.benchDone?.(JSON.stringify(error === undefined ? { ready, at } : { error: String(error) }));
  // Nothing listens but the witness of the bench, if one was put into the frames.
  for (const { contentWindow } of document.querySelectorAll('iframe')) {
    contentWindow.postMessage('bench-probe', '*');
  }
}
</script>`;

const STYLE = '<style>iframe { display: block; border: 0; width: 100%; height: 72px }</style>';

function page(body: string): string {
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>bench</title>${STYLE}</head><body>${DONE}${body}</body></html>`;
}

/** A merchant's page. `mount` is called by the page itself where the load is what is measured. */
function merchant({ fields, pk }: Origins, types: readonly string[], after: string): string {
  const places = types.map((type) => `<div id="${type}"></div>`).join('');
  return page(`<form>${places}</form>${START}
<script src="${fields}/sdk/v1/hushfield.js" crossorigin></script>
<script>
const elements = Hushfield('${pk}').elements();
const mounted = ${JSON.stringify(types)}.map((type) => elements.create(type));
globalThis.checkout = {
  mount: () => Promise.all(mounted.map((element) => element.mount('#' + element.type))),
  tokenize: () => elements.tokenize(),
  unmount: () => mounted.forEach((element) => element.unmount()),
};
${after}
</script>`);
}

const BARE_IFRAMES = (floor: string) => `
const places = [0, 1, 2];
const frames = places.map((place) => {
  const frame = document.createElement('iframe');
  frame.src = '${floor}/bare#' + place;
  return frame;
});
globalThis.checkout = {
  mount: () => new Promise((resolve) => {
    let ready = 0;
    const onReady = ({ origin, data }) => {
      if (origin !== '${floor}' || data !== 'ready') return;
      ready += 1;
      if (ready < frames.length) return;
      removeEventListener('message', onReady);
      resolve();
    };
    addEventListener('message', onReady);
    document.body.append(...frames);
  }),
  tokenize: async () => {},
  unmount: () => frames.forEach((frame) => frame.remove()),
};
`;

/** Three frames with one input each behind a script of one byte: what any such design must load. */
function threeBare({ floor }: Origins, after: string): string {
  return page(
    `${START}<script src="${floor}/one-byte.js" crossorigin></script><script>${BARE_IFRAMES(floor)}${after}</script>`,
  );
}

function oneBare({ floor }: Origins): string {
  return page(
    `${START}<iframe id="bare" src="${floor}/bare#0"></iframe><script>document.getElementById('bare').addEventListener('load', () => done());</script>`,
  );
}

const AT_ONCE = 'checkout.mount().then(() => done(), done);';
/** Ready, but nothing mounted: for what is counted over many mounts. */
const ON_CALL = 'done();';
const SEPARATE = ['cardNumber', 'cardExpiry', 'cardCvc'];

/** Every page by its path. */
export function merchantPages(origins: Origins): ReadonlyMap<string, string> {
  return new Map([
    ['/separate', merchant(origins, SEPARATE, AT_ONCE)],
    ['/card', merchant(origins, ['card'], AT_ONCE)],
    ['/separate-idle', merchant(origins, SEPARATE, ON_CALL)],
    ['/three-bare', threeBare(origins, AT_ONCE)],
    ['/three-bare-idle', threeBare(origins, ON_CALL)],
    ['/one-bare', oneBare(origins)],
  ]);
}

export const BARE_SCRIPT = "parent.postMessage('ready', '*')";

export const BARE_FRAME = `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>bare</title></head><body><input autocomplete="off"><script>${BARE_SCRIPT}</script></body></html>`;
