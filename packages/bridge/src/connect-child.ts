import { BridgeError } from './bridge-error.ts';
import { Hello } from './handshake/hello.ts';

/** The two ports a page and a frame share: calls both ways, events one way. */
export type Link = { readonly calls: MessagePort; readonly events: MessagePort };

/** The frame is there but will not run; `reason` is its own word for why. */
export class FrameRefused extends Error {
  override readonly name = 'FrameRefused';
  readonly reason: string;

  constructor(reason: string) {
    super(reason);
    this.reason = reason;
  }
}

/**
 * Page side, steps 1 to 3 of the handshake. Call it before the frame can speak (before it is in the
 * document, or when it starts to reload).
 *
 * @throws BridgeError `timeout`, `version`, or `closed` when `signal` aborts; FrameRefused.
 */
export function connectChild(options: {
  frame: HTMLIFrameElement;
  origin: string;
  role: string;
  sid: string;
  version: number;
  timeoutMs: number;
  signal: AbortSignal;
}): Promise<Link> {
  const { frame, origin, role, sid, version, signal } = options;
  return new Promise((resolve, reject) => {
    const finish = (settle: () => void) => {
      window.removeEventListener('message', onMessage);
      signal.removeEventListener('abort', onAbort);
      clearTimeout(timer);
      settle();
    };
    const onAbort = () => finish(() => reject(new BridgeError('closed')));
    const onMessage = (event: MessageEvent) => {
      // An ad frame, a popup or the page itself can post here; only our frame's document counts.
      if (event.source !== frame.contentWindow || event.origin !== origin) return;
      const hello = Hello.safeParse(event.data);
      if (!hello.success || hello.data.sid !== sid || hello.data.role !== role) return;
      const { refuse } = hello.data;
      if (refuse) return finish(() => reject(new FrameRefused(refuse)));
      if (hello.data.v !== version) return finish(() => reject(new BridgeError('version')));
      finish(() => resolve(connect(frame, origin, sid, version)));
    };
    const timer = setTimeout(
      () => finish(() => reject(new BridgeError('timeout'))),
      options.timeoutMs,
    );
    if (signal.aborted) return onAbort();
    signal.addEventListener('abort', onAbort);
    window.addEventListener('message', onMessage);
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
