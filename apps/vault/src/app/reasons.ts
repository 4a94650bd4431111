/**
 * Why a request was refused, for the inside alone: several of these are one code outside, so that nobody can feel
 * his way along our checks. The word is a label of metrics, the sentence stands in the log. Neither ever
 * holds a piece of a request.
 */
export const REASONS = {
  no_route: 'no route has this path and method',
  service_worker: 'a service worker was being registered',
  url_unreadable: 'the path is not valid, or too long',
  body_too_large: 'the body is larger than it may be',
  body_type: 'the body is of another type than JSON in UTF-8',
  body_json: 'the body is no strict JSON',
  body_form: 'the body has not the form of this route, or there is one where none belongs',
  path_form: 'the id in the path cannot be one',
  query_form: 'the query has not the form of this route',
  request_unreadable: 'the request breaks a rule of HTTP',
  other_origin: 'the request did not come from the fields origin',
  not_framed: 'the document was not asked for by a frame',
  at_once: 'as many tokenizations as may be under way already were',
  publishable_key: 'the publishable key is unknown, not in force, or has no origin',
  ticket_forged: 'the ticket was not signed by a ticket key that is good here',
  ticket_form: 'the ticket is of a later version than this node',
  ticket_over: 'the ticket is past its time, or before it',
  ticket_mode: 'the ticket is of the other mode',
  ticket_origin: 'the page is not among the origins of the ticket',
  ticket_key: 'the publishable key of the ticket is not in force any more',
  ticket_attempts: 'the attempts of the ticket are used up',
  session_missing: 'the key takes cards under a session alone, now or always, and none was brought',
  session_forged: 'the session was not signed here, or is of another tenant, mode or version',
  session_over: 'the session is past its time',
  session_origin: 'the page is not among the origins of the session',
  receive_key: 'the receive key of the seal is unknown or over',
  seal_broken:
    'the seal does not open: other bytes, or another ticket, session, page or attempt than it says',
  seal_contents: 'the seal opened, and what is inside has not the form of a card or a code',
  attempt_reused: 'the attempt was used for other bytes',
  limit_address: 'the block of addresses has had its share',
  limit_session: 'the session has had its cards',
  limit_bin: 'the BIN has had its share at this tenant',
  limit_keys:
    'the block of addresses has had its failed keys, and this key was not good from there',
  limit_unknown: 'the share is used up that needs no database, and the database is away',
  key_missing: 'no bearer key was brought',
  key_form: 'the key is no secret or restricted key, or was mistyped',
  key_mode: 'the key is of the other mode',
  key_unknown: 'there is no such key, or its secret part is another',
  key_ended: 'the key was revoked or is past its time',
  key_browser: 'a secret key came from a browser',
  key_address: 'the key came from an address that is not on its list',
  key_scope: 'the key has not the scope of this route',
  key_wider: 'a key may not give another more than it has itself',
  key_grants: 'a key that needs grants to send cards on was to have the right to make them',
  name_form: 'the Idempotency-Key cannot be one',
  name_missing: 'the route needs an Idempotency-Key, and none was brought',
  name_reused: 'the Idempotency-Key was used for other contents',
  endpoints_many: 'the tenant has as many webhook endpoints as it may',
  destinations_many: 'the tenant has as many destinations as it may',
  record_missing: 'there is no such record of this tenant and mode',
  text_card: 'a text in which a card number could stand',
  card_refused: 'the card breaks a rule, or the terms of the session',
  origin_unknown: 'the origin is not registered, or not proven',
  protocol: 'the frame protocol is another than this version speaks',
  destination_record:
    'the record of a destination contradicts itself, or its credentials are others',
  destination_gone: 'there is no such destination, or it is disabled',
  destination_rests: 'the destination has failed too often in a row, and is given a rest',
  forwards_many: 'as many requests are being sent on as may be at once',
  forward_rule: 'the record of the destination does not let this pass',
  forward_grant: 'the key needs a grant and has none, or the grant does not allow this',
  forward_body: 'the body holds a name or a value that cannot be sent on',
  placeholder: 'a placeholder is no whole value, is of nothing, or there are too many',
  token_part: 'the token has no such part',
  code_gone: 'the security code is no longer held, or another request is sending it',
  sent_lost: 'no whole answer came to what was sent, or it could not be kept',
  sent_nothing: 'nothing of it was given to a connection',
  database_away: 'the way to the database is cut, or it does not answer',
  database_full: 'the database has no room or no connection left',
  database_stopping: 'the database is being stopped or started',
  database_standby: 'the database is a standby, and takes no writes',
  database_busy: 'the database gave up a statement that waited too long, or stood in another’s way',
  keys_away: 'a key cannot be had: its file, or the device that holds the KEK',
  other: 'no more is known than the code says',
} as const satisfies Readonly<Record<string, string>>;

export type Reason = keyof typeof REASONS;

const isReason = (word: string): word is Reason => Object.hasOwn(REASONS, word);
export const REASON_WORDS: readonly Reason[] = Object.keys(REASONS).filter(isReason);

/** As it stands in the log. */
export function sentenceOfReason(reason: Reason): string {
  return `${reason}: ${REASONS[reason]}`;
}
