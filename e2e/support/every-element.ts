import type { Frame, Page } from '@playwright/test';

export const FIELDS = ['number', 'expiry', 'cvc', 'name', 'postalCode'] as const;
export type Field = (typeof FIELDS)[number];

/** An element, the inputs in it, and how it is wanted. */
export type Shown = {
  readonly type: string;
  readonly fields: readonly Field[];
  readonly options: object;
};

/** A card with all inputs in one element. */
export const whole = (options: object = {}): Shown => ({ type: 'card', fields: FIELDS, options });

const part = (type: string, field: Field): Shown => ({ type, fields: [field], options: {} });

/** The same card in elements of their own, in the same order. */
export const SEPARATE: readonly Shown[] = [
  part('cardNumber', 'number'),
  part('cardExpiry', 'expiry'),
  part('cardCvc', 'cvc'),
  part('cardholderName', 'name'),
  part('postalCode', 'postalCode'),
];

/**
 * Mounts elements one below the other: each card in a group of its own, what is separate together. Leaves
 * `groups`, `made` and `ready` on the window.
 */
export function mountAll(shown: readonly Shown[], locale = 'en'): string {
  return `
    const shown = ${JSON.stringify(shown)};
    const group = () => Hushfield(KEY).elements({ locale: '${locale}' });
    const together = group();
    window.groups = shown.some(({ type }) => type !== 'card') ? [together] : [];
    window.made = shown.map(({ type, fields, options }) => {
      if (type !== 'card') return together.create(type, options);
      const alone = group();
      groups.push(alone);
      return alone.create(type, { fields, ...options });
    });
    window.ready = Promise.all(made.map((element, index) => element.mount('#box-' + index)));
    ready.catch(() => {});`;
}

/** Where they are mounted. */
export function boxes(shown: readonly Shown[]): string {
  return shown.map((_, index) => `<div id="box-${index}"></div>`).join('');
}

/** Their frames, in that order. */
export async function framesOf(page: Page): Promise<Frame[]> {
  const handles = await page.locator('[id^=box-] iframe').elementHandles();
  const frames = await Promise.all(handles.map((handle) => handle.contentFrame()));
  return frames.flatMap((frame) => frame ?? []);
}

/** Asks every group for a token; what is wrong is then shown. It travels as text. */
export const CHECK = 'Promise.all(groups.map((group) => group.tokenize())).then(() => undefined)';

/** Each look that gives texts another room. */
export const ROOMY: readonly Shown[] = [
  whole({ layout: 'row' }),
  whole({ layout: 'column' }),
  whole({ layout: 'grid' }),
  whole({ layout: 'row', appearance: { theme: 'flat', labels: 'floating' } }),
  whole({ layout: 'row', appearance: { theme: 'none' } }),
  ...SEPARATE,
];

/** A card with everything wrong, by purpose. */
export const WRONG: Readonly<Record<string, string>> = {
  'cc-number': '4242424242424241',
  'cc-exp': '01/20',
  'cc-csc': '12',
  'cc-name': '4242 Wolfeschlegelstein',
  'postal-code': '8',
};

/** Fills what is there of these, by their purpose. It travels as text. */
export function fillThere(values: Readonly<Record<string, string>>): void {
  for (const input of document.querySelectorAll('input')) {
    // The property is empty in a browser that does not know the purpose.
    input.value = values[input.getAttribute('autocomplete') ?? ''] ?? '';
    input.dispatchEvent(new Event('input', { bubbles: true }));
  }
}
