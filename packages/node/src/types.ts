import type { ForwardField } from './forward-types.ts';
import type { Redaction } from './token-types.ts';

export type * from './token-types.ts';

/** Where a page of a list begins, and how long it may be. */
export type PageOptions = { cursor?: string /** 1 to 100, 20 without. */; limit?: number };
export type Page<T> = {
  object: 'list';
  data: T[] /** Null at the end. */;
  nextCursor: string | null;
};

/** Lets a frame show a person what a token stands for, once. */
export type RevealGrantWish = {
  purpose: 'reveal';
  token: string;
  redaction: Redaction;
  /** Of a card; the number alone without. Name and postal code come with `plain` only. */
  fields?: ('number' | 'expiry' | 'name' | 'postalCode')[];
  /** Of the page. Each must be registered with a publishable key of yours. */
  origins: string[];
  /** Seconds in which it may be used; 300 without. */
  expiresIn?: number;
  /** Seconds for which it is shown; 60 without. */
  shownFor?: number;
};

/** Lets a backend whose key needs a grant send a token on, once. */
export type ForwardGrantWish = {
  purpose: 'forward';
  token: string;
  destination: string;
  /** What may be sent of it. */
  fields: ForwardField[];
  /** At most so much, in the smallest unit, where the destination's record says where the amount stands. */
  amount?: { most: number; currency: string };
  /** Seconds in which it may be used; 300 without. */
  expiresIn?: number;
};
export type GrantWish = RevealGrantWish | ForwardGrantWish;

/** A grant to send a token on, with the text for the backend, which is shown this once. */
export type NewForwardGrant = {
  id: string;
  object: 'grant';
  purpose: 'forward';
  mode: 'test' | 'live';
  token: string;
  destination: string;
  fields: ForwardField[];
  /** Null: of any amount. */
  amount: { most: number; currency: string } | null;
  createdAt: string;
  expiresAt: string;
  grant: string;
};

/** A grant, with the text for the page, which is shown this once. */
export type NewGrant = {
  id: string;
  object: 'grant';
  purpose: 'reveal';
  mode: 'test' | 'live';
  token: string;
  redaction: Redaction;
  /** Null for anything but a card. */
  fields: string[] | null;
  origins: string[];
  shownFor: number;
  createdAt: string;
  expiresAt: string;
  grant: string;
};

export type Scope =
  | 'tokens:read'
  | 'tokens:write'
  | 'tokens:delete'
  | 'tokens:reveal'
  | 'grants:write'
  | 'sessions:write'
  | 'keys:manage'
  | 'audit:read'
  | 'forward'
  | 'destinations:manage'
  | 'webhooks:manage'
  | 'events:read';

/** What was done, by whom, to what: never what a card holds. */
export type AuditEntry = {
  /** `aud_…` */
  id: string;
  object: 'audit_entry';
  /** Its place in the one log of the vault. */
  index: number;
  /** ISO 8601, UTC, to the microsecond. */
  at: string;
  actor: string;
  action: string;
  resource: string;
  outcome: string;
  origin: string | null;
  requestId: string | null;
};

/** That an entry stands in the log: RFC 6962, with a signed C2SP checkpoint. */
export type AuditProof = {
  object: 'audit_proof';
  entry: AuditEntry;
  /** The text that was hashed. */
  leaf: string;
  treeSize: number;
  /** In base64, innermost first. */
  path: string[];
  checkpoint: string;
};

export type AuditCheckpoint = {
  object: 'audit_checkpoint';
  treeSize: number;
  checkpoint: string;
  /** That it goes on from the one asked for; in base64, innermost first. */
  path: string[];
};

/** Conditions under which your page may trade cards for tokens. */
export type Session = {
  /** `ses_…` */
  id: string;
  object: 'session';
  mode: 'test' | 'live';
  origins: string[];
  /** Null takes every brand. */
  brands: string[] | null;
  fields: ('cvc' | 'name' | 'postalCode')[];
  /** The most of a BIN that the page sees, of what its publishable key shows; null for all of that. */
  binDigits: 0 | 6 | 8 | null;
  attempts: number;
  customer: string | null;
  createdAt: string;
  expiresAt: string;
};
/** With the text for the page, this once. */
export type NewSession = Session & {
  /** Hand it to the page: `elements({ session })`. */
  session: string;
};

export type SessionWish = {
  /** Of the page, 1 to 32; each registered with a publishable key of yours. */
  origins: string[];
  /** Cards that run on one of these networks, and no others. */
  brands?: string[];
  /** What must be filled in beside number and expiry. */
  fields?: ('cvc' | 'name' | 'postalCode')[];
  /** The most of a BIN that the page sees, of what its publishable key shows; without, all of that. */
  binDigits?: 0 | 6 | 8;
  /** How many cards may be tried, 1 to 100; 20 without. */
  attempts?: number;
  /** Seconds, 60 to 3600; 900 without. Nothing ends it earlier. */
  expiresIn?: number;
  /** Stands on every token that is made under it. */
  customer?: string;
};

/** A key without the key. */
export type ApiKey = {
  id: string;
  object: 'api_key';
  kind: 'publishable' | 'secret' | 'restricted';
  mode: 'test' | 'live';
  label: string;
  scopes: Scope[];
  addresses: string[];
  origins: string[];
  sessionsRequired: boolean;
  /** Of a publishable key: the most of a BIN that its pages see. A session can show less. */
  binDigits: 0 | 6 | 8;
  /** Of one with `forward`: only what a grant allows, and once. */
  forwardNeedsGrant: boolean;
  createdAt: string;
  expiresAt: string | null;
  lastUsedAt: string | null;
  revokedAt: string | null;
  rolledFrom: string | null;
};
/** With the key, this once. */
export type NewApiKey = ApiKey & { key: string };
/** Where a repeated request made nothing new: the key was shown before. */
export type AlreadyAnswered = { object: 'already_answered'; id: string };

export type ApiKeyWish = {
  kind: ApiKey['kind'];
  label?: string;
  scopes?: Scope[];
  addresses?: string[];
  origins?: string[];
  sessionsRequired?: boolean;
  /** The most of a BIN that its pages see; none without. */
  binDigits?: 0 | 6 | 8;
  forwardNeedsGrant?: boolean;
  expiresAt?: string | null;
};

/** For a single call. */
export type CallOptions = {
  signal?: AbortSignal;
  /**
   * Your own name for the act, if it must not happen twice over restarts of yours either. Without, each
   * call has a name of its own, which holds for its own retries.
   */
  idempotencyKey?: string;
};

export type HushfieldOptions = {
  /** The API origin of the vault, `https://api.vault.example`. */
  baseUrl: string;
  /** For a call with all its retries, in ms; 30,000 without. */
  timeoutMs?: number;
  /** 2 without. */
  maxRetries?: number;
};
