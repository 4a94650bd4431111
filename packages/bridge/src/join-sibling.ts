import { BridgeError } from './bridge-error.ts';
import type { Join } from './handshake/join.ts';
import { Joined } from './handshake/joined.ts';

const FIRST_WAIT_MS = 50;
const LONGEST_WAIT_MS = 400;

/**
 * Step S1 from a field: finds the sibling frame by its name under the common parent and offers it a
 * port. The page can put its own frame under that name; it then receives nothing, since the message
 * goes to our own origin only.
 *
 * @returns the port, once the sibling has answered on it.
 * @throws BridgeError `timeout`, or `closed` when `signal` aborts.
 */
export async function joinSibling(options: {
  frameName: string;
  join: Omit<Join, 'type'>;
  timeoutMs: number;
  signal: AbortSignal;
}): Promise<MessagePort> {
  const deadline = performance.now() + options.timeoutMs;
  for (let wait = FIRST_WAIT_MS; ; wait = Math.min(wait * 2, LONGEST_WAIT_MS)) {
    if (options.signal.aborted) throw new BridgeError('closed');
    const port = await offer(options.frameName, options.join, wait);
    if (port) return port;
    if (performance.now() > deadline) throw new BridgeError('timeout');
  }
}

function offer(
  frameName: string,
  join: Omit<Join, 'type'>,
  waitMs: number,
): Promise<MessagePort | undefined> {
  const { port1, port2 } = new MessageChannel();
  return new Promise((resolve) => {
    const finish = (port?: MessagePort) => {
      clearTimeout(timer);
      port1.removeEventListener('message', onMessage);
      if (!port) port1.close();
      resolve(port);
    };
    const onMessage = (event: MessageEvent) => {
      if (Joined.safeParse(event.data).success) finish(port1);
    };
    const timer = setTimeout(() => finish(), waitMs);
    port1.addEventListener('message', onMessage);
    port1.start();
    post(frameName, { type: 'join', ...join }, port2);
  });
}

function post(frameName: string, message: Join, port: MessagePort): void {
  try {
    // Asking a parent of another origin for a name that no frame has throws: it is not there yet.
    const sibling: unknown = Reflect.get(parent, frameName);
    const target = sibling as Window | undefined;
    target?.postMessage(message, location.origin, [port]);
  } catch {
    // Nor is whatever else the page has put under that name; the next round may find it.
  }
}
