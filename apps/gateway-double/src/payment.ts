export type Amount = { readonly value: number; readonly currency: string };

type State = 'authorized' | 'captured' | 'declined' | 'challenge_required';

/** What a gateway keeps of a charge. Of the card it is what a receipt shows. */
export type Payment = {
  readonly id: string;
  readonly account: string;
  readonly amount: Amount;
  readonly state: State;
  readonly declineCode: string | undefined;
  /** Whether it is captured as soon as it is authorized. */
  readonly capture: boolean;
  /** In minor units, as the amount. */
  readonly captured: number;
  readonly refunded: number;
  readonly last4: string;
  /** Whether a security code came along; never which. */
  readonly cvcGiven: boolean;
  readonly holderGiven: boolean;
  readonly reference: string | undefined;
  readonly createdAt: string;
};

/** What both interfaces make of a request, in whichever manner it was said. */
export type Charge = {
  readonly amount: Amount;
  readonly capture: boolean;
  readonly reference: string | undefined;
  readonly card: {
    readonly number: string;
    readonly expMonth: number;
    readonly expYear: number;
    readonly cvc: string | undefined;
    readonly name: string | undefined;
  };
};
