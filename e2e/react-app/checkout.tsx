import {
  CardCvcElement,
  CardElement,
  CardExpiryElement,
  CardNumberElement,
  useElements,
} from '@hushfield/react';
import type { ElementOptions, HushfieldElement } from '@hushfield/sdk';
import * as React from 'react';
import { Fragment, Suspense, type SyntheticEvent, useEffect, useRef, useState } from 'react';

/** What a checkout shows; a test changes it from outside. */
export type Checkout = {
  /** `bare` is a frame of nobody's, to see what React itself makes of one. */
  readonly route: 'card' | 'separate' | 'twice' | 'none' | 'bare';
  /** Another one is another component, in the place of the first and in the same commit. */
  readonly place: string;
  readonly options: ElementOptions;
  readonly className: string;
  /** By a neighbour that waits for something, or by an `<Activity>`. */
  readonly hidden: 'no' | 'suspense' | 'activity';
  /** Who hears the element since the last render. */
  readonly hearer: string;
};

/** What elements and checkouts have said: the hearer, the event, and what stood in it. */
export const heard: string[] = [];

function Card({ route, options, className, hearer }: Checkout) {
  const element = useRef<HushfieldElement>(null);
  const hears = (event: string) => (payload: object) => {
    const error = 'error' in payload ? (payload.error as { code?: string } | undefined) : undefined;
    heard.push([hearer, event, error?.code].filter(Boolean).join(' '));
  };
  useEffect(() => void Object.assign(window, { card: element }), []);
  // As people write it: everything is another object at each render.
  const card = {
    className,
    options: { ...options },
    onReady: (given: HushfieldElement) =>
      heard.push(`${hearer} ready ${given === element.current}`),
    onChange: hears('change'),
    onFocus: hears('focus'),
    onBlur: hears('blur'),
    onEscape: hears('escape'),
    onSubmit: hears('submit'),
    onNetworksChange: hears('networks'),
    onBinAvailable: hears('bin'),
    onWarning: hears('warning'),
    onLoadError: hears('loaderror'),
  };
  if (route === 'bare') return <BareFrame />;
  if (route !== 'separate') {
    return (
      <>
        <CardElement id="card" ref={element} {...card} />
        {route === 'twice' && <CardElement {...card} />}
      </>
    );
  }
  return (
    <>
      <CardNumberElement id="number" {...card} />
      <CardExpiryElement id="expiry" {...card} />
      <CardCvcElement id="cvc" {...card} />
    </>
  );
}

/** What an adapter of frames cannot do without: a container, an effect, a frame that comes and goes. */
function BareFrame() {
  const container = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const frame = document.createElement('iframe');
    frame.addEventListener('load', () => document.dispatchEvent(new Event('bare')), { once: true });
    container.current?.append(frame);
    return () => frame.remove();
  }, []);
  return <div ref={container} />;
}

/** React 18 has none. */
const Activity = Reflect.get(React, 'Activity') as typeof React.Activity | undefined;

function Hiding({ by, children }: { by: Checkout['hidden']; children: React.ReactNode }) {
  const mode = by === 'activity' ? 'hidden' : 'visible';
  return (
    <Suspense fallback="…">
      {Activity ? <Activity mode={mode}>{children}</Activity> : <Fragment>{children}</Fragment>}
      {by === 'suspense' && <Waiting />}
    </Suspense>
  );
}

const never = new Promise<never>(() => {});

function Waiting(): never {
  throw never;
}

/** One group, one form, its own submit handler, and what came of it. */
export function CheckoutForm({ name, checkout }: { name: string; checkout: Checkout }) {
  const elements = useElements();
  const [said, setSaid] = useState('');
  const pay = async (event: SyntheticEvent) => {
    event.preventDefault();
    const answer = await elements?.tokenize();
    setSaid(
      answer?.token ? `${answer.token.id} ${answer.token.card?.last4}` : `${answer?.error?.code}`,
    );
  };
  return (
    <form id={name} onSubmit={(event) => void pay(event)}>
      <Hiding by={checkout.hidden}>
        {checkout.route !== 'none' && <Card key={checkout.place} {...checkout} />}
      </Hiding>
      <button type="submit" disabled={!elements && checkout.route !== 'bare'}>
        Pay
      </button>
      <output>{said}</output>
    </form>
  );
}
