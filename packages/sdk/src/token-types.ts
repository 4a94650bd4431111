/** What every token says. */
export type TokenBase = {
  id: string;
  object: 'token';
  mode: 'test' | 'live';
  /** ISO 8601, UTC. */
  createdAt: string;
  /** ISO 8601, UTC; null once the backend keeps the token. */
  expiresAt: string | null;
};

/** Of a bank account: ISO 3166 alpha-2, and the end of its number. */
export type Account = { country: string; last4: string };

/** What each type of token tells of what it stands for. */
type Parts = {
  card: {
    brand: string;
    networks: string[];
    /** The one of them that the shopper wants to pay by; nothing where there was no choice. */
    network?: string | undefined;
    last4: string;
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

/** Stands for a card; only a secret key can do anything with it. */
export type CardToken = TokenOf<'card', 'card'>;

/** Stands for what was typed or brought; `type` says which of these it is. */
export type Token =
  | CardToken
  | TokenOf<'iban', 'iban'>
  | TokenOf<'bank_account', 'bankAccount'>
  | TokenOf<'text', 'text'>;

/** What a page is told that has collected a security code again: nothing new of the card. */
export type CollectedToken = { id: string; object: 'token'; cvcCollected: true };

/** An error as it is returned or thrown; `code` never changes its meaning. */
export type HushfieldErrorShape = {
  type: 'integration_error' | 'load_error' | 'validation_error' | 'request_error' | 'vault_error';
  code: string;
  message: string;
  field?: string | undefined;
  /** Whether the same call may succeed later with nothing changed. */
  retryable: boolean;
  /** Finds the detailed line in the vault's log. */
  requestId?: string | undefined;
};

/** Exactly one of the two is there. */
export type TokenizeResult =
  | { token: Token; error?: undefined }
  | { token?: undefined; error: HushfieldErrorShape };

/** Exactly one of the two is there. */
export type CollectResult =
  | { token: CollectedToken; error?: undefined }
  | { token?: undefined; error: HushfieldErrorShape };

/** Whose it is that a person sees now; a page learns nothing else of it. */
export type RevealedToken = { id: string; object: 'token'; revealed: true };

/** Exactly one of the two is there. */
export type RevealResult =
  | { token: RevealedToken; error?: undefined }
  | { token?: undefined; error: HushfieldErrorShape };
