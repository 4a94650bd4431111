import type { CodeOf } from './codes.ts';

/*
 * What the page's side of the line finds out by itself, by type, so that a bundle for pages need not
 * carry the whole catalogue to tell whose errors these are.
 */
export const INTEGRATION_MESSAGES = {
  element_not_found: 'No element matches that selector.',
  element_already_mounted: 'This element is mounted in another container.',
  element_destroyed: 'This element was destroyed; create a new one.',
  invalid_option: 'An option is unknown or has a value that is not allowed.',
  browser_unsupported: 'This browser is too old to protect a card.',
  insecure_context: 'The page must be served over HTTPS.',
  version_mismatch: 'The SDK and the fields origin speak different protocols.',
} as const satisfies Partial<Record<CodeOf<'integration_error'>, string>>;

export const LOAD_MESSAGES = {
  frame_timeout: 'The secure fields did not load in time.',
  frame_blocked_csp: "The page's content security policy blocks the fields origin.",
  container_not_in_dom: 'The container is not part of the document.',
} as const satisfies Partial<Record<CodeOf<'load_error'>, string>>;
