import type { CodeOf } from './codes.ts';

/*
 * What the page's side of the line finds out by itself, by type, so that a bundle for pages need not
 * carry the whole catalogue to tell whose errors these are.
 */
export const INTEGRATION_MESSAGES = {
  element_not_found: 'No element matches that selector.',
  element_already_mounted: 'This element is mounted elsewhere.',
  element_destroyed: 'This element was destroyed.',
  invalid_option: 'An option is not allowed.',
  browser_unsupported: 'This browser is too old to protect a card.',
  insecure_context: 'The page is not served over HTTPS.',
  version_mismatch: 'The secure fields have another version.',
} as const satisfies Partial<Record<CodeOf<'integration_error'>, string>>;

export const LOAD_MESSAGES = {
  frame_timeout: 'The secure fields did not load in time.',
  frame_blocked_csp: "The page's policy blocks the secure fields.",
  container_not_in_dom: 'The container is not part of the document.',
} as const satisfies Partial<Record<CodeOf<'load_error'>, string>>;
