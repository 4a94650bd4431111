import type { ElementsOptions, Hushfield, HushfieldElements } from '@hushfield/sdk';
import { createContext, type ReactNode, useContext, useEffect, useMemo, useState } from 'react';
import { useKept } from './kept.ts';
import type { Shared } from './options.ts';
import { same, useStable } from './same.ts';

/** What a provider is given. */
export type HushfieldProviderProps = {
  /**
   * What `loadHushfield` gave, or its promise, made outside of any component; `null` until there is one.
   * Once it is there, another one is refused: a new `key` begins anew.
   */
  hushfield: Promise<Hushfield | null> | Hushfield | null;
  /** Of the group of elements. `appearance` and `locale` may change at any time, `session` may not. */
  options?: ElementsOptions | undefined;
  children?: ReactNode;
};

/** An instance, and what it was loaded from. */
type Loaded = {
  readonly source: HushfieldProviderProps['hushfield'];
  readonly hushfield: Hushfield;
};

/** A group, with those of its options that hold for good. */
type Made = Loaded & {
  readonly fixed: ElementsOptions;
  readonly elements: HushfieldElements;
  destroy(): void;
};

/** What a provider tells those inside of it. */
type Provided = { readonly made: Made | null; readonly shared: Shared };

const Context = createContext<Provided | null>(null);

/** @throws Error outside of a provider, with the name of who asked. */
export function useProvided(who: string): Provided {
  const provided = useContext(Context);
  if (!provided) throw new Error(`${who} needs a <HushfieldProvider> around it`);
  return provided;
}

/**
 * Makes one group of elements for what is inside of it: those are tokenized together.
 *
 * @example
 * <HushfieldProvider hushfield={hushfield} options={{ locale: 'de' }}>
 *   <CardElement />
 * </HushfieldProvider>
 */
export function HushfieldProvider({ hushfield, options, children }: HushfieldProviderProps) {
  const { appearance, locale, ...fixed } = options ?? {};
  const shared = useStable<Shared>({ appearance, locale });
  const [loaded, setLoaded] = useState<Loaded | null>(null);
  const made = useKept(loaded, (loaded) => makeGroup(loaded, fixed, locale));
  const source = made ? made.source : hushfield;

  useEffect(() => {
    let wanted = true;
    const load = (hushfield: Hushfield | null) => {
      if (!wanted) return;
      setLoaded((before) =>
        before?.source === source ? before : hushfield && { source, hushfield },
      );
    };
    Promise.resolve(source)
      .then(load)
      .catch((error) => wanted && console.error(error));
    return () => {
      wanted = false;
    };
  }, [source]);

  const refused = made !== null && (hushfield !== source || !same(fixed, made.fixed));
  useEffect(() => {
    if (refused) console.error(REFUSED);
  }, [refused]);

  const provided = useMemo(() => ({ made, shared }), [made, shared]);
  return <Context.Provider value={provided}>{children}</Context.Provider>;
}

function makeGroup(
  loaded: Loaded,
  fixed: ElementsOptions,
  locale: string | undefined,
): Made | null {
  try {
    // What goes wrong on the way to a token is said in the language that the group began with.
    const elements = loaded.hushfield.elements(locale === undefined ? fixed : { ...fixed, locale });
    return { ...loaded, fixed, elements, destroy: () => elements.destroy() };
  } catch (error) {
    console.error(error);
    return null;
  }
}

const REFUSED =
  '<HushfieldProvider>: another `hushfield` or `options.session` is refused, or what was typed would be ' +
  'lost. Call loadHushfield outside of components, give tokenize() a new session, or begin anew with ' +
  'another `key`.';

/**
 * The instance of the provider around; null on a server, and until it has loaded.
 *
 * @throws Error outside of a provider.
 */
export function useHushfield(): Hushfield | null {
  return useProvided('useHushfield()').made?.hushfield ?? null;
}

/**
 * The group of the provider around, for `elements.tokenize()`; null on a server, and until it is made.
 *
 * @throws Error outside of a provider.
 */
export function useElements(): HushfieldElements | null {
  return useProvided('useElements()').made?.elements ?? null;
}
