import { BridgeError, type BridgeErrorCode } from './bridge-error.ts';
import { helloOf } from './handshake/hello.ts';

/** The two ports a page and a frame share: calls both ways, events one way. */
export type Link = { readonly calls: MessagePort; readonly events: MessagePort };

/**
 * Page side, steps 1 to 3 of the handshake. Call it before the frame can speak (before it is in the
 * document, or when it starts to reload).
 *
 * @param signal - ends the listening: to be aborted as soon as the promise has settled, or to give up.
 * @throws BridgeError `timeout`, `version`, `closed` when `signal` aborts, or `refused` with the frame's own word
 * for why it will not run.
 */
export function connectChild(
  frame: HTMLIFrameElement,
  origin: string,
  { role, sid, version }: { role: string; sid: string; version: number },
  timeoutMs: number,
  signal: AbortSignal,
): Promise<Link> {
  return new Promise((resolve, reject) => {
    const fail = (code: BridgeErrorCode, reason?: string) => reject(new BridgeError(code, reason));
    const schema = helloOf(role, sid);
    const onMessage = (event: MessageEvent) => {
      // An ad frame, a popup or the page itself can post here; only our frame's document counts.
      if (event.source !== frame.contentWindow || event.origin !== origin) return;
      const hello = schema.safeParse(event.data);
      if (!hello.success) return;
      const { refuse } = hello.data;
      if (refuse) return fail('refused', refuse);
      if (hello.data.v !== version) return fail('version');
      resolve(connect(frame, origin, sid, version));
    };
    const deadline = AbortSignal.timeout(timeoutMs);
    deadline.addEventListener('abort', () => fail('timeout'), { signal });
    signal.addEventListener('abort', () => fail('closed'));
    window.addEventListener('message', onMessage, { signal });
  });
}

function connect(frame: HTMLIFrameElement, origin: string, sid: string, version: number): Link {
  const calls = new MessageChannel();
  const events = new MessageChannel();
  frame.contentWindow?.postMessage({ v: version, type: 'connect', sid }, origin, [
    calls.port2,
    events.port2,
  ]);
  return { calls: calls.port1, events: events.port1 };
}
