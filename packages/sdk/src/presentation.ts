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
  const flags: Record<string, boolean> = {
    hushfield: state !== undefined,
    'hushfield--empty': state?.empty ?? false,
    'hushfield--complete': state?.complete ?? false,
    'hushfield--invalid': state?.error !== undefined,
    'hushfield--focus': Object.values(state?.fields ?? {}).some((field) => field?.focused),
    'hushfield--failed': false,
  };
  for (const [name, on] of Object.entries(flags)) container.classList.toggle(name, on);
}
