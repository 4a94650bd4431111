/** Why a text was refused. The reason never holds a piece of the text. */
export class JsonRefused extends Error {
  override readonly name = 'JsonRefused';
}

const MAX_DEPTH = 8;
const FORBIDDEN: ReadonlySet<string> = new Set(['__proto__', 'constructor', 'prototype']);
// Throws on bytes that are not UTF-8, and leaves a byte order mark for JSON.parse to refuse.
const UTF8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/**
 * Reads JSON as everyone else in the chain would read it: two parsers that disagree (on the first or
 * the last of two equal keys, on what `__proto__` does) are how a request is checked as one thing
 * and used as another.
 *
 * @throws JsonRefused for malformed UTF-8 or JSON, depth over 8, a key twice, or a key that reaches
 * for the prototype.
 */
export function parseStrictJson(bytes: Uint8Array): unknown {
  const { text, value } = parsed(bytes);
  checkKeys(text);
  return value;
}

function parsed(bytes: Uint8Array): { text: string; value: unknown } {
  try {
    const text = UTF8.decode(bytes);
    const value: unknown = JSON.parse(text);
    return { text, value };
  } catch {
    // JSON.parse quotes the text in its message: drop it here.
    throw new JsonRefused('not JSON');
  }
}

// Over a text that is known to be JSON, strings and brackets are all there is to look at.
const LANDMARK = /"(?:[^"\\]|\\.)*"(?<colon>\s*:)?|[[\]{}]/g;

function checkKeys(text: string): void {
  const open: Set<string>[] = [];
  for (const landmark of text.matchAll(LANDMARK)) {
    const [mark] = landmark;
    if (mark === '{' || mark === '[') {
      if (open.push(new Set()) > MAX_DEPTH) throw new JsonRefused('too deep');
    } else if (mark === '}' || mark === ']') open.pop();
    else if (landmark.groups?.colon !== undefined) addKey(open.at(-1), mark);
  }
}

function addKey(keys: Set<string> | undefined, mark: string): void {
  const key: unknown = JSON.parse(mark.slice(0, mark.lastIndexOf('"') + 1));
  if (typeof key !== 'string' || FORBIDDEN.has(key)) throw new JsonRefused('forbidden key');
  if (keys?.has(key)) throw new JsonRefused('key twice');
  keys?.add(key);
}
