import type { ElementOptions, ElementType, HushfieldElement } from '@hushfield/sdk';
import {
  type ForwardRefExoticComponent,
  forwardRef,
  type RefAttributes,
  type RefObject,
  useEffect,
  useImperativeHandle,
  useRef,
  useState,
} from 'react';
import type { ElementListeners } from './listeners.ts';
import { useMounted } from './mounted.ts';
import { elementOptions } from './options.ts';
import { useProvided } from './provider.tsx';
import { useStable } from './same.ts';

/** What an element is given. */
export type ElementProps = ElementListeners & {
  id?: string | undefined;
  /** Of the container, which has the SDK's own beside it: `hushfield--focus`, `hushfield--invalid` … */
  className?: string | undefined;
  /** An object literal will do: a change of value is passed on, and what was typed stays. */
  options?: ElementOptions | undefined;
};

/** A component of one element; its ref gives the element, null until it is made. */
export type ElementComponent = ForwardRefExoticComponent<
  ElementProps & RefAttributes<HushfieldElement>
>;

/** Makes the component for a type of element. */
export function elementComponent(type: ElementType): ElementComponent {
  const name = `${type.charAt(0).toUpperCase()}${type.slice(1)}Element`;
  const Component: ElementComponent = forwardRef((props, ref) => {
    const { id, className, options: own, ...listeners } = props;
    const { made, shared } = useProvided(`<${name}>`);
    const container = useRef<HTMLDivElement>(null);
    const options = useStable(elementOptions(shared, own));
    const elements = made?.elements ?? null;
    const element = useMounted({ type, elements, container, options, listeners });
    useImperativeHandle<HushfieldElement | null, HushfieldElement | null>(ref, () => element, [
      element,
    ]);
    return <div ref={container} id={id} className={useClasses(container, className)} />;
  });
  Component.displayName = name;
  return Component;
}

/**
 * Adds and removes class names one by one, since the SDK keeps its own on the same container; React would
 * write the attribute as a whole.
 *
 * @returns what to render, now and always: the first names, for pages that a server renders.
 */
function useClasses(container: RefObject<Element | null>, names = ''): string | undefined {
  const [first] = useState(names);
  useEffect(() => {
    const list = container.current?.classList;
    const own = names.split(/\s+/).filter(Boolean);
    list?.add(...own);
    return () => list?.remove(...own);
  }, [container, names]);
  return first || undefined;
}
