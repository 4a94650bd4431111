import { type Handlers, joinSibling, serve } from '@hushfield/bridge';
import type { FieldBoot } from '@hushfield/contract/boot';
import type { FieldName, FieldOptions, fieldMethods } from '@hushfield/contract/frame';
import { siblingMethods } from '@hushfield/contract/sibling';
import { PROTOCOL } from '@hushfield/contract/version';
import type { Kit } from './field-input.tsx';
import type { FieldModel } from './field-state.ts';

const JOIN_MS = 8_000;

/** How high an element is in CSS px, and what a screen reader calls its frame. */
export type Drawn = { readonly height: number; readonly title: string };

/** What the page may ask; nothing here gives a value out. */
export function fieldApi(
  model: FieldModel,
  draw: (options: FieldOptions) => Promise<Drawn>,
  join: () => Promise<boolean>,
): Handlers<typeof fieldMethods> {
  const input = (name: FieldName | undefined) =>
    document.getElementById(name ?? model.fields[0] ?? '');
  return {
    configure: draw,
    focus({ field }) {
      input(field)?.focus();
      return document.hasFocus();
    },
    blur: () => (document.activeElement as HTMLElement | null)?.blur(),
    clear: ({ field }) => model.clear(field ? [field] : undefined),
    setError: ({ field, message }) => model.note(field, message),
    join,
  };
}

/** An honest caller waits no longer than this; one that asks after every key learns nothing. */
const LONGEST_REST_MS = 1_500;

/** Waits until what is guarded is not being typed; false when it still is. */
async function rested(model: FieldModel, asked: readonly FieldName[]): Promise<boolean> {
  const deadline = performance.now() + LONGEST_REST_MS;
  for (let wait = model.restIn(asked); wait > 0; wait = model.restIn(asked)) {
    if (performance.now() + wait > deadline) return false;
    await new Promise((resolve) => setTimeout(resolve, wait));
  }
  return true;
}

/** Joins the controller and lets it, and nobody else, have the values when it collects. */
export function joiner(
  boot: FieldBoot,
  sid: string,
  model: FieldModel,
  kit: Kit,
): () => Promise<boolean> {
  let leave = () => {};
  let attempt = new AbortController();
  return async () => {
    attempt.abort();
    attempt = new AbortController();
    const port = await joinSibling({
      frameName: `hushfield-${sid}`,
      join: { protocol: PROTOCOL, key: boot.key, sid, member: model.element },
      timeoutMs: JOIN_MS,
      signal: attempt.signal,
    }).catch(() => undefined);
    if (!port) return false;
    leave();
    leave = serve({
      port,
      contract: siblingMethods,
      handlers: {
        async collect(only) {
          const asked = model.fields.filter((name) => !only || name === only);
          if (!(await rested(model, asked))) return model.stillTyping(asked);
          const collected = model.collected(asked);
          if (collected.errors.length > 0) model.check(asked);
          return collected;
        },
        reject: ({ field, code }) => model.reject(field, code),
        forget: (only) => model.clear(only && [only]),
        lost: () => model.whenLocked,
        allow(brands) {
          kit.allow?.(brands);
          model.changed();
        },
      },
    });
    return true;
  };
}
