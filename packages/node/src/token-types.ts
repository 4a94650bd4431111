/** What every token says. */
export type TokenBase = {
  /** `tok_test_…` or `tok_live_…` */
  id: string;
  object: 'token';
  mode: 'test' | 'live';
  /** ISO 8601, UTC. */
  createdAt: string;
  /** When the vault forgets it; null once you have decided to keep it. */
  expiresAt: string | null;
  /**
   * Until when the vault holds the security code, at most an hour from when it was typed; null when it
   * holds none now: have the shopper type it again. `card.cvcCollected` says whether one was ever typed.
   */
  cvcExpiresAt: string | null;
  /** Equal for equal cards or accounts of yours, and for nobody else's; null for a secret text. */
  fingerprint: string | null;
  /** Your own name for the shopper. */
  customer: string | null;
  metadata: Record<string, string>;
};

/** Of a bank account: ISO 3166 alpha-2, and the end of its number. */
export type Account = { country: string; last4: string };

/** What each type of token tells of what it stands for. */
type Parts = {
  card: {
    brand: string;
    networks: string[];
    /**
     * The one of them that the shopper wants to pay by (EU 2015/751, article 8): go by it. Nothing where the card
     * runs on one network alone, or the shopper was given no choice.
     */
    network?: string | undefined;
    last4: string;
    /** As many first digits as the policy of your key allows. */
    bin?: string | undefined;
    expMonth: number;
    expYear: number;
    cvcCollected: boolean;
  };
  iban: Account;
  bankAccount: Account;
  text: { policy: string };
};
/** One of them; the others are there for the compiler alone, so that `token.card?.last4` may be read of any. */
type TokenOf<T extends string, P extends keyof Parts> = TokenBase & { type: T } & Pick<Parts, P> & {
    [other in Exclude<keyof Parts, P>]?: undefined;
  };

/** What stands for a card. Nothing in it lets anyone rebuild the number. */
export type CardToken = TokenOf<'card', 'card'>;

/** Stands for what was typed or brought; `type` says which of these it is. */
export type Token =
  | CardToken
  | TokenOf<'iban', 'iban'>
  | TokenOf<'bank_account', 'bankAccount'>
  | TokenOf<'text', 'text'>;

/** A card that you hold already; importing it keeps you in PCI scope. */
export type CardImport = Owned & {
  number: string;
  expMonth: number;
  expYear: number;
  name?: string;
  /** Two to eleven capitals and digits, with single spaces or hyphens between. */
  postalCode?: string;
};

/** The same of a bank account by its IBAN, of one in the United States, or of a text under a rule of the vault. */
export type SecretImport = Owned &
  (
    | { iban: string }
    | { routingNumber: string; accountNumber: string }
    | { policy: string; text: string }
  );

type Owned = {
  customer?: string;
  /** Up to 20 texts of up to 500 characters. Never card data: it is refused. */
  metadata?: Record<string, string>;
  /** Null keeps the token until you delete it; without, it lives a day. */
  expiresAt?: string | null;
};

/** What is left out stays. */
export type TokenChange = {
  expiresAt?: string | null;
  customer?: string | null;
  /** Replaces all there was. */
  metadata?: Record<string, string>;
};

/** Exactly one of the two. */
export type TokenQuery = { fingerprint: string } | { customer: string };

export type Redaction = 'plain' | 'masked' | 'last4';

/** A card in the clear, or as much of it as was asked for. */
export type RevealedCard = {
  id: string;
  object: 'revealed_card';
  redaction: Redaction;
  number: string;
  expMonth: number;
  expYear: number;
  /** With `plain` only. */
  name?: string | undefined;
  /** With `plain` only. */
  postalCode?: string | undefined;
};

/** An account by its IBAN, in the clear, or as much of it as was asked for. */
export type RevealedIban = {
  id: string;
  object: 'revealed_iban';
  redaction: Redaction;
  iban: string;
};

/** An account in the United States; its routing number is its bank's, and always told. */
export type RevealedBankAccount = {
  id: string;
  object: 'revealed_bank_account';
  redaction: Redaction;
  routingNumber: string;
  accountNumber: string;
};

/** A secret text; stars but with `plain`. */
export type RevealedText = {
  id: string;
  object: 'revealed_text';
  redaction: Redaction;
  policy: string;
  text: string;
};

/** What a token stands for, or as much of it as was asked for; `object` says what it is. */
export type Revealed = RevealedCard | RevealedIban | RevealedBankAccount | RevealedText;

export type ErasedCustomer = {
  object: 'erased_customer';
  customer: string;
  /** How many were deleted; those of a request whose answer was lost are not counted. */
  tokens: number;
  /** That there were no more. */
  complete: boolean;
};
