import { joinSibling } from '@hushfield/bridge';
import type { ElementType } from '@hushfield/contract/frame';
import { PROTOCOL } from '@hushfield/contract/version';

const JOIN_MS = 8_000;

/**
 * How an element joins the controller of its group: as often as it is asked to, since a controller that was
 * replaced knows of nobody.
 *
 * @param member - what joins, by the name of its element.
 * @param serveOn - answers the controller, and nobody else; returns what leaves the one of before.
 */
export function joining(
  key: string,
  sid: string,
  member: { readonly element: ElementType },
  serveOn: (port: MessagePort) => () => void,
): () => Promise<boolean> {
  let leave = () => {};
  let attempt = new AbortController();
  return async () => {
    attempt.abort();
    attempt = new AbortController();
    const port = await joinSibling({
      frameName: `hushfield-${sid}`,
      join: { protocol: PROTOCOL, key, sid, member: member.element },
      timeoutMs: JOIN_MS,
      signal: attempt.signal,
    }).catch(() => undefined);
    if (!port) return false;
    leave();
    leave = serveOn(port);
    return true;
  };
}
