import { type Handlers, serve } from '@hushfield/bridge';
import type { FieldName, FieldOptions, fieldMethods } from '@hushfield/contract/frame';
import { siblingMethods } from '@hushfield/contract/sibling';
import type { Drawn } from './drawing.tsx';
import type { Kit } from './field-input.tsx';
import type { FieldModel } from './field-state.ts';

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

/** Lets the controller, which is at the other end, have the values when it collects. */
export function servesValues(model: FieldModel, kit: Kit): (port: MessagePort) => () => void {
  const handlers: Handlers<typeof siblingMethods> = {
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
    showBin(digits) {
      kit.showBin?.(digits);
      model.changed();
    },
  };
  return (port) => serve({ port, contract: siblingMethods, handlers });
}
