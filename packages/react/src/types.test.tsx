import type {
  ElementEvents,
  ElementState,
  ElementType,
  Hushfield,
  HushfieldElement,
  HushfieldElements,
  HushfieldErrorShape,
} from '@hushfield/sdk';
import { type ComponentProps, createRef } from 'react';
import { expectTypeOf, it } from 'vitest';
import {
  AccountNumberElement,
  CardCvcElement,
  CardElement,
  CardExpiryElement,
  CardholderNameElement,
  CardNumberElement,
  CopyButtonElement,
  type ElementComponent,
  HushfieldProvider,
  IbanElement,
  PostalCodeElement,
  RevealElement,
  TextElement,
  useElements,
  useHushfield,
} from './index.ts';
import type { LISTENERS } from './listeners.ts';

type Props = ComponentProps<typeof CardElement>;
type Payload<Name extends keyof Props> =
  NonNullable<Props[Name]> extends (payload: infer P) => void ? P : never;

it('has a component for each type of element', () => {
  const all: Record<ElementType, ElementComponent> = {
    card: CardElement,
    cardNumber: CardNumberElement,
    cardExpiry: CardExpiryElement,
    cardCvc: CardCvcElement,
    cardholderName: CardholderNameElement,
    postalCode: PostalCodeElement,
    iban: IbanElement,
    accountNumber: AccountNumberElement,
    text: TextElement,
    reveal: RevealElement,
    copyButton: CopyButtonElement,
  };
  expectTypeOf(all).not.toBeAny();
});

it('has a property for each event, with what the event brings', () => {
  type Heard = (typeof LISTENERS)[keyof typeof LISTENERS] | 'ready' | 'loaderror';
  expectTypeOf<Heard>().toEqualTypeOf<keyof ElementEvents>();
  expectTypeOf<Payload<'onReady'>>().toEqualTypeOf<HushfieldElement>();
  expectTypeOf<Payload<'onChange'>>().toEqualTypeOf<ElementState>();
  expectTypeOf<Payload<'onSubmit'>>().toEqualTypeOf<ElementEvents['submit']>();
  expectTypeOf<Payload<'onNetworksChange'>>().toEqualTypeOf<ElementEvents['networkschange']>();
  expectTypeOf<Payload<'onBinAvailable'>>().toEqualTypeOf<{ bin: string }>();
  expectTypeOf<Payload<'onLoadError'>>().toEqualTypeOf<{ error: HushfieldErrorShape }>();
  expectTypeOf<Payload<'onWarning'>>().toEqualTypeOf<{ code: string }>();
});

it('gives null where there may be nothing yet', () => {
  expectTypeOf(useHushfield).returns.toEqualTypeOf<Hushfield | null>();
  expectTypeOf(useElements).returns.toEqualTypeOf<HushfieldElements | null>();
});

it('takes what is right and refuses what is not', () => {
  const element = createRef<HushfieldElement>();
  const container = createRef<HTMLDivElement>();
  const right = (
    <HushfieldProvider hushfield={Promise.resolve(null)} options={{ session: 's', locale: 'de' }}>
      <CardElement ref={element} id="a" className="b" options={{ fields: ['number', 'cvc'] }} />
      <CardElement onChange={({ fields }) => fields.number?.potentiallyValid} onBlur={undefined} />
      <CardCvcElement ref={(given) => given?.focus('cvc')} onReady={(given) => given.clear()} />
    </HushfieldProvider>
  );
  const wrong = [
    // @ts-expect-error a ref gives the element, never the container
    <CardElement key="" ref={container} />,
    // @ts-expect-error no such input
    <CardElement key="" options={{ fields: ['pan'] }} />,
    // @ts-expect-error a card cannot be given from outside
    <CardElement key="" value="4242424242424242" />,
    // @ts-expect-error not an event of an element
    <CardElement key="" onKeyDown={() => {}} />,
    // @ts-expect-error a provider needs an instance, or says that there is none
    <HushfieldProvider key="" />,
  ];
  expectTypeOf(right).not.toBeAny();
  expectTypeOf(wrong).toBeArray();
});
