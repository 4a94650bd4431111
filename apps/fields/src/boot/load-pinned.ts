/** Less than a page waits for an element to draw itself. */
const SOON_MS = 3_000;
const loaded = new Map<string, Promise<unknown>>();

/**
 * Loads a script under its pinned hash, once; a failure is forgotten, so that the next call tries again.
 *
 * A bare `import()` has no place for a hash, and our documents' policies refuse it; WebKit refuses a module
 * preload even with one. A script element may have it, but Trusted Types let nobody write its address: the
 * document brings such elements, inert, one for each try. The import then takes the module that is there.
 *
 * @param id - of the template that holds them.
 * @param ms - how long it may take.
 * @throws when none is left to try, or the file cannot be had or does not match its hash.
 */
export function loadPinned(id: string, ms = SOON_MS): Promise<unknown> {
  const known = loaded.get(id) ?? load(id, ms);
  loaded.set(id, known);
  known.catch(() => loaded.delete(id));
  return known;
}

async function load(id: string, ms: number): Promise<unknown> {
  const script = nextOf(id);
  if (!(script instanceof HTMLScriptElement)) throw new Error('nothing left to try');
  await new Promise((resolve, reject) => {
    setTimeout(reject, ms);
    script.onload = resolve;
    script.onerror = reject;
    document.head.append(script);
  }).finally(() => script.remove());
  return import(/* @vite-ignore */ script.src);
}

/** Whether a try is left; when none is, only a new document can have it. */
export function canLoad(id: string): boolean {
  return Boolean(nextOf(id));
}

function nextOf(id: string): Element | null | undefined {
  return document.querySelector<HTMLTemplateElement>(`#${id}`)?.content.firstElementChild;
}
