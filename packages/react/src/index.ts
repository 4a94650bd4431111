import { elementComponent } from './element.tsx';

/** Number, expiry and code in one frame, or whatever `options.fields` names: best for autofill and phones. */
export const CardElement = /* @__PURE__ */ elementComponent('card');
export const CardNumberElement = /* @__PURE__ */ elementComponent('cardNumber');
export const CardExpiryElement = /* @__PURE__ */ elementComponent('cardExpiry');
export const CardCvcElement = /* @__PURE__ */ elementComponent('cardCvc');
export const CardholderNameElement = /* @__PURE__ */ elementComponent('cardholderName');
export const PostalCodeElement = /* @__PURE__ */ elementComponent('postalCode');
export const IbanElement = /* @__PURE__ */ elementComponent('iban');
export const AccountNumberElement = /* @__PURE__ */ elementComponent('accountNumber');
/** A secret by the rule that `options.policy` names. */
export const TextElement = /* @__PURE__ */ elementComponent('text');
/** Shows what a grant is for, see `elements.reveal` of `useElements`. */
export const RevealElement = /* @__PURE__ */ elementComponent('reveal');
export const CopyButtonElement = /* @__PURE__ */ elementComponent('copyButton');

export type { ElementComponent, ElementProps } from './element.tsx';
export {
  HushfieldProvider,
  type HushfieldProviderProps,
  useElements,
  useHushfield,
} from './provider.tsx';
