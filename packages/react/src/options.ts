import type { AppearanceOptions, ElementOptions } from '@hushfield/sdk';

/** Options of a provider that its elements take over, now and when they change. */
export type Shared = {
  readonly appearance: AppearanceOptions | undefined;
  readonly locale: string | undefined;
};

/** An element's own options with those of its provider behind them, as the SDK does it for a group. */
export function elementOptions(shared: Shared, own: ElementOptions = {}): ElementOptions {
  const locale = own.locale ?? shared.locale;
  const variables = { ...shared.appearance?.variables, ...own.appearance?.variables };
  const appearance = { ...shared.appearance, ...own.appearance, variables };
  return { ...own, ...(locale === undefined ? {} : { locale }), appearance };
}

/** What leads from one set of options to another: the SDK keeps what an update does not name. */
export function updateOf(before: ElementOptions, after: ElementOptions): ElementOptions {
  const unsaid = Object.keys(before).map((name) => [name, undefined]);
  return { ...Object.fromEntries(unsaid), ...after };
}
