import { BridgeError } from './bridge-error.ts';
import type { Link } from './connect-child.ts';
import { Connect } from './handshake/connect.ts';

const REPEAT_MS = 250;

/** @internal Where a hello may go: the parent's real origin where the browser tells it, else each registered one. */
export function helloTargets(origins: readonly string[]): readonly string[] {
  const parent = location.ancestorOrigins?.[0];
  return parent === undefined ? origins : origins.filter((origin) => origin === parent);
}

/**
 * Frame side, steps 1 to 3 of the handshake: says hello until the parent connects.
 *
 * @returns the ports and the parent's origin, as the browser reported it.
 * @throws BridgeError `refused` when the parent's origin is not registered, `timeout` otherwise.
 */
export function acceptParent(options: {
  origins: readonly string[];
  role: string;
  sid: string;
  version: number;
  timeoutMs: number;
}): Promise<Link & { origin: string }> {
  const { origins, role, sid, version } = options;
  const targets = helloTargets(origins);
  if (targets.length === 0) return Promise.reject(new BridgeError('refused'));

  return new Promise((resolve, reject) => {
    const hello = () => {
      for (const target of targets) {
        parent.postMessage({ v: version, type: 'hello', role, sid }, target);
      }
    };
    const finish = () => {
      window.removeEventListener('message', onMessage);
      clearInterval(repeat);
      clearTimeout(timer);
    };
    const onMessage = (event: MessageEvent) => {
      // Sibling ad frames and openers can post here too; only the real parent may connect.
      if (event.source !== parent || !origins.includes(event.origin)) return;
      const connect = Connect.safeParse(event.data);
      const [calls, events] = event.ports;
      if (!connect.success || connect.data.sid !== sid || connect.data.v !== version) return;
      if (!calls || !events || event.ports.length !== 2) return;
      finish();
      resolve({ calls, events, origin: event.origin });
    };
    const repeat = setInterval(hello, REPEAT_MS);
    const timer = setTimeout(() => {
      finish();
      reject(new BridgeError('timeout'));
    }, options.timeoutMs);
    window.addEventListener('message', onMessage);
    hello();
  });
}
