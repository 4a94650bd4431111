/** Why this document must not take a card here, or undefined when it may. */
export function reasonToRefuse(): 'insecure_context' | 'browser_unsupported' | undefined {
  // A sandbox without `allow-same-origin` makes the origin opaque: siblings could not be told apart.
  if (self.origin === 'null') return 'insecure_context';
  if (!window.isSecureContext) return 'insecure_context';
  // On its own in a tab the document has no registered parent; a look-alike page would link to it.
  if (window.top === window.self) return 'browser_unsupported';
  if (!globalThis.crypto?.subtle || !globalThis.MessageChannel) return 'browser_unsupported';
  return undefined;
}

/** The fixed state of a document that refuses: visible, and with nothing to type into. */
export function showRefusal(): void {
  const notice = document.createElement('p');
  notice.textContent = 'Card entry is not available here.';
  document.body.replaceChildren(notice);
}
