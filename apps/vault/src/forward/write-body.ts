import { VaultError } from '../app/vault-error.ts';
import type { Leaf, Found } from './walk-body.ts';

/*
 * A body is written from its values and their places, never by replacing text in text: whatever a value holds,
 * it stays one value.
 */

/** @param body - as it came; its lists are lists again. */
export function writeJson(
  body: Readonly<Record<string, unknown>>,
  values: readonly Found[],
): Buffer {
  const whole: Record<string, unknown> = structuredClone(body);
  for (const { steps, value } of values) put(whole, steps, value);
  return Buffer.from(JSON.stringify(whole));
}

function put(whole: Record<string, unknown>, steps: readonly string[], value: Leaf): void {
  const last = steps.at(-1) ?? '';
  let at = whole;
  for (const step of steps.slice(0, -1)) {
    const inner = Object.hasOwn(at, step) ? at[step] : undefined;
    const next = isObject(inner) ? inner : {};
    own(at, step, next);
    at = next;
  }
  own(at, last, value);
}

/** A name stays a name, whatever it means to the prototype. */
function own(at: Record<string, unknown>, name: string, value: unknown): void {
  Object.defineProperty(at, name, { value, enumerable: true, writable: true, configurable: true });
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

/**
 * `application/x-www-form-urlencoded` with brackets for what is nested: `card[number]=…`, `items[0]=…`.
 *
 * @throws VaultError `invalid_request` for null, which a form cannot say.
 */
export function writeForm(values: readonly Found[]): Buffer {
  const pairs = values.map(({ steps: [first = '', ...rest], value }): [string, string] => {
    if (value === null)
      throw VaultError.because('invalid_request', 'forward_body', { field: 'body' });
    const name = `${first}${rest.map((step) => `[${step}]`).join('')}`;
    return [name, String(value)];
  });
  return Buffer.from(new URLSearchParams(pairs).toString());
}
