/** What of a token can be sent. */
export type ForwardField =
  | 'number'
  | 'expMonth'
  | 'expYear2'
  | 'expYear4'
  | 'cvc'
  | 'name'
  | 'postalCode'
  | 'last4'
  | 'bin6'
  | 'iban'
  | 'routingNumber'
  | 'accountNumber'
  | 'text';

type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

/** A request to a destination, with placeholders where parts of tokens belong. */
export type ForwardRequest = {
  /** `dst_…` */
  destination: string;
  /** POST without. */
  method?: Method;
  /** Under the host of the destination: `/v1/payment_methods`. */
  path: string;
  /** Those that the destination lets pass. */
  headers?: Record<string, string>;
  /**
   * As JSON; the destination says whether it is sent as such or as a form. A value that is
   * `{{ tok_….number }}`, and nothing else, is replaced.
   */
  body?: Record<string, unknown>;
  /** Where your key needs one. */
  grant?: string;
  /** How long to wait, in ms, where that is less than the destination's own time. */
  timeoutMs?: number;
};

/** What the destination said, whatever it was. */
export type ForwardAnswer = {
  /** `fwd_…`, by which the audit log knows it. */
  id: string;
  object: 'forward';
  mode: 'test' | 'live';
  destination: string;
  /** Of its answer. */
  status: number;
  /** Those that its record hands on, in small letters. */
  headers: Record<string, string>;
  /** Letter by letter; null where it was withheld. */
  body: string | null;
  /** The same read as JSON; undefined where it is none. */
  data: unknown;
  /** Why there is no body, though there was one. */
  withheld: 'encoding' | 'not_utf8' | null;
  /** That card data came back in it, and was taken out. */
  scrubbed: boolean;
  createdAt: string;
  requestId: string;
};

/** What the vault puts in: a text that may be read here, or a credential that nobody may. */
export type Injected = { value: string } | { credential: string; prefix?: string | undefined };

/** Where cards may be sent, and how: what is not named here is refused. */
export type DestinationRecord = {
  label: string;
  host: string;
  /** 443 without. */
  port?: number | undefined;
  format: 'json' | 'form';
  methods: Method[];
  /** Exact paths, all beneath one (`/v1/charges/*`), or with any name for `{id}`. */
  paths: string[];
  /** Names that a query may have; none without. */
  query?: string[] | undefined;
  /** The exact places in a body that may carry each part of a token, as JSON Pointers. */
  fields: { [field in ForwardField]?: string[] | undefined };
  /** What else a body may say: exact places, or all beneath one (`/metadata/*`). */
  body: string[];
  /** Headers that a request may set. */
  headers: string[];
  /** What a request may not say, since the vault does. */
  inject: { headers: Record<string, Injected>; body: Record<string, Injected> };
  /** Where a body says how much is charged, in the smallest unit. */
  amount?: { value: string; currency: string } | undefined;
  /** Headers of its answer that are handed on. */
  answerHeaders: string[];
  timeoutMs?: number | undefined;
  maxAnswerBytes?: number | undefined;
  /** False for one that takes no payment: a security code that it was not sent is kept. */
  authorizes?: boolean | undefined;
};

/** A destination without its credentials. */
export type Destination = DestinationRecord & {
  /** `dst_…` */
  id: string;
  object: 'destination';
  mode: 'test' | 'live';
  state: 'active' | 'disabled';
  createdAt: string;
  updatedAt: string;
};

/** What is left out stays. A record is never changed: make another. */
export type DestinationChange = {
  state?: 'active' | 'disabled';
  /** All of them, by the names that the record gives them. */
  credentials?: Record<string, string>;
};
