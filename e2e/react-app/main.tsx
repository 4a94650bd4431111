/*
 * An application with the adapter as its developer runs it. What it shows is set from outside, by
 * `show`; what it has seen lies in `seen`.
 */
import { HushfieldProvider } from '@hushfield/react';
import type { ElementsOptions, Hushfield } from '@hushfield/sdk';
import { StrictMode, useEffect, useState } from 'react';
import { createRoot, hydrateRoot } from 'react-dom/client';
import { renderToString } from 'react-dom/server';
import { type Checkout, CheckoutForm, heard } from './checkout.tsx';
import { asked, counted } from './counted.ts';

declare const KEY: string;
declare const Hushfield: (key: string) => Hushfield;

type View = Checkout & {
  readonly providers: readonly string[];
  /** What the providers are given; each is another one. */
  readonly instance: 'none' | 'first' | 'second' | 'promise' | 'rejected';
  readonly shared: ElementsOptions;
  readonly renders: number;
  /** Whether the page comes with what a server has rendered. */
  readonly rendered: boolean;
  /** Whether React renders into a document at all. */
  readonly detached: boolean;
};

const INSTANCES: Record<View['instance'], Promise<Hushfield | null> | Hushfield | null> = {
  none: null,
  first: counted(Hushfield(KEY)),
  second: counted(Hushfield(KEY)),
  promise: Promise.resolve(counted(Hushfield(KEY))),
  rejected: Promise.reject(new Error('could not be loaded')),
};
// Whoever loads the SDK looks at what comes of it.
Promise.resolve(INSTANCES.rejected).catch(() => {});

const FIRST: View = {
  providers: ['checkout'],
  instance: 'promise',
  shared: {},
  route: 'card',
  place: 'here',
  options: {},
  className: 'field',
  hidden: 'no',
  hearer: 'first',
  renders: 0,
  rendered: false,
  detached: false,
  ...Reflect.get(window, 'FIRST'),
};

function Application() {
  const [view, setView] = useState(FIRST);
  useEffect(() => {
    const show = (change: Partial<View>) =>
      setView((before) => ({ ...before, ...change, renders: before.renders + 1 }));
    Object.assign(window, { show });
  }, []);
  const { providers, instance, shared, ...checkout } = view;
  return (
    <main data-renders={view.renders}>
      {providers.map((name) => (
        <HushfieldProvider key={name} hushfield={INSTANCES[instance]} options={{ ...shared }}>
          <CheckoutForm name={name} checkout={checkout} />
        </HushfieldProvider>
      ))}
    </main>
  );
}

Object.assign(window, { seen: { asked, heard } });

const application = (
  <StrictMode>
    <Application />
  </StrictMode>
);
const root = FIRST.detached ? document.createElement('div') : document.querySelector('#root');
if (root && FIRST.rendered) {
  root.innerHTML = renderToString(application);
  hydrateRoot(root, application, { onRecoverableError: (error) => heard.push(String(error)) });
} else if (root) {
  createRoot(root).render(application);
}
