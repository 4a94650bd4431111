/**
 * Why nothing, or nothing whole, came back. For the log and for metrics: the words are constant, and neither ever
 * holds a piece of a request or of an answer.
 */
export const EGRESS_REASONS = {
  url_form: 'the address is no URL that may be called: its scheme, name, user, fragment or path',
  host_inside: 'the host is, or resolves to, an address that is not of the public network',
  request_form: 'the method, a header or a limit of the request is not one that may be sent',
  closed: 'this process is ending',
  name_unresolved: 'the name of the host has no address',
  connect_failed: 'no connection could be made',
  tls_failed: 'no TLS could be agreed on, or the certificate is not the one of that name',
  deadline: 'the time for it was over',
  cancelled: 'whoever asked for it does not want it any more',
  connection_lost: 'the connection ended before the answer did',
  answer_malformed: 'the answer breaks a rule of HTTP',
  answer_head_too_large: 'the headers of the answer are larger than they may be',
  answer_too_large: 'the body of the answer is larger than it may be',
} as const satisfies Readonly<Record<string, string>>;

export type EgressReason = keyof typeof EGRESS_REASONS;

/**
 * What is known of a request that has no answer:
 * - `refused`: a rule of ours forbade it, and nothing left;
 * - `not_sent`: no byte of it was given to a connection, so whoever tries again does nothing twice;
 * - `unknown`: at least one byte may have been, so it may have been acted on.
 */
export type Known = 'refused' | 'not_sent' | 'unknown';

/** A request without a whole answer. */
export class EgressError extends Error {
  override readonly name = 'EgressError';
  readonly known: Known;
  readonly reason: EgressReason;
  /** The code of the error below, such as `ECONNREFUSED` or `CERT_HAS_EXPIRED`. */
  readonly code: string | undefined;

  /** @param below - read for its code alone: errors of the parser of HTTP carry bytes of the answer. */
  constructor(known: Known, reason: EgressReason, below?: unknown) {
    super(reason);
    this.known = known;
    this.reason = reason;
    this.code = codeOf(below);
  }
}

function codeOf(error: unknown): string | undefined {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  return typeof code === 'string' && /^[A-Z][A-Z0-9_]{1,63}$/.test(code) ? code : undefined;
}
