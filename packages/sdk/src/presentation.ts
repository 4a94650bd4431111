import type { ElementState, ElementType, FieldName } from '@hushfield/contract/page';

/** The state of an element into which nothing was typed. */
export function emptyState(elementType: ElementType, fields: readonly FieldName[]): ElementState {
  const flags = { empty: true, complete: false, valid: false, potentiallyValid: true };
  return {
    elementType,
    ...flags,
    brand: 'unknown',
    networks: [],
    fields: Object.fromEntries(fields.map((name) => [name, { ...flags, focused: false }])),
  };
}

/** Keeps the state classes on the container; `undefined` takes them all away. */
export function paintState(container: Element, state: ElementState | undefined): void {
  const { classList } = container;
  const { empty, complete, error, fields = {} } = state ?? {};
  const focus = Object.values(fields).some((field) => field?.focused);
  const flags = { empty, complete, invalid: error, focus, failed: false };
  classList.toggle('hushfield', state !== undefined);
  for (const [name, on] of Object.entries(flags)) {
    classList.toggle(`hushfield--${name}`, Boolean(on));
  }
  // Nothing of ours stays behind, not even an attribute without a value.
  if (classList.length === 0) container.removeAttribute('class');
}
