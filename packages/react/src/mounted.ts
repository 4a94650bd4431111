import type {
  ElementOptions,
  ElementType,
  HushfieldElement,
  HushfieldElements,
} from '@hushfield/sdk';
import { type RefObject, useEffect, useRef } from 'react';
import { useKept } from './kept.ts';
import { useLatest } from './latest.ts';
import { type ElementListeners, type Latest, listen, tellFailure } from './listeners.ts';
import { updateOf } from './options.ts';

type Wish = {
  readonly type: ElementType;
  /** Null as long as the provider has none. */
  readonly elements: HushfieldElements | null;
  readonly container: RefObject<Element | null>;
  readonly options: ElementOptions;
  readonly listeners: ElementListeners;
};

/** Keeps an element mounted in a container for as long as the component is. What fails is told, not thrown. */
export function useMounted(wish: Wish): HushfieldElement | null {
  const { type, elements, container, options, listeners } = wish;
  const heard = useLatest(listeners);
  const latest = () => heard.current;
  const applied = useRef(options);

  const make = (elements: HushfieldElements) =>
    attempt(latest, () => {
      applied.current = options;
      const element = elements.create(type, options);
      listen(element, latest);
      mount(element, container.current, latest);
      return element;
    });
  // By the next options, it may be one.
  const element = useKept(elements, make, options);

  useEffect(() => {
    if (!element || applied.current === options) return;
    const update = updateOf(applied.current, options);
    attempt(
      () => heard.current,
      () => {
        element.update(update);
        // A wish that was refused has changed nothing, and is undone by nothing.
        applied.current = options;
      },
    );
  }, [element, options, heard]);

  return element;
}

function mount(element: HushfieldElement, container: Element | null, latest: Latest): void {
  if (!container) return;
  element.mount(container).catch((error) => {
    // The other failures are events, or a component that has gone.
    if (error.code === 'container_not_in_dom') tellFailure(latest, error);
  });
}

function attempt<T>(latest: Latest, work: () => T): T | null {
  try {
    return work();
  } catch (error) {
    tellFailure(latest, error);
    return null;
  }
}
