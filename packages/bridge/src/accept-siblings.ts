import { Join } from './handshake/join.ts';

type Member = { source: Window; leave: () => void };

/**
 * Steps S1 and S2 on the side that gathers: lets frames of our own origin, under the same parent,
 * with the same session, key and protocol, join under a name that no other window holds.
 *
 * @param options.onJoin - receives the member's port; returns what to do when it is replaced.
 * @returns a function that stops listening.
 */
export function acceptSiblings(options: {
  protocol: number;
  key: string;
  sid: string;
  onJoin: (member: string, port: MessagePort) => () => void;
}): () => void {
  const members = new Map<string, Member>();

  const onMessage = (event: MessageEvent) => {
    if (event.origin !== location.origin) return;
    const source = event.source as Window | null;
    // Same origin but under another parent: a frame of another tab or a nested page.
    if (!source || source === window || source.parent !== window.parent) return;
    const join = Join.safeParse(event.data);
    const [port] = event.ports;
    if (!join.success || !port || event.ports.length !== 1) return;
    const { protocol, key, sid, member } = join.data;
    if (protocol !== options.protocol || key !== options.key || sid !== options.sid) return;
    const held = members.get(member);
    if (held && held.source !== source && !held.source.closed) return;
    held?.leave();
    // Before anything else goes over it: the member drops what comes until it has heard this.
    port.postMessage({ type: 'joined' });
    members.set(member, { source, leave: options.onJoin(member, port) });
  };
  window.addEventListener('message', onMessage);
  return () => window.removeEventListener('message', onMessage);
}
