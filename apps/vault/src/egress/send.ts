import { createSecureContext, getCACertificates, type SecureContext } from 'node:tls';
import { connect } from './connect.ts';
import { beforeEnd, type Deadline, startDeadline } from './deadline.ts';
import { EgressError } from './egress-error.ts';
import { exchange } from './exchange.ts';
import { judgeHead } from './judge-head.ts';
import { judgeTarget, type Target } from './judge-target.ts';
import { pinAddresses, type Resolve } from './pin-addresses.ts';
import { resolveBySystem, resolverOf } from './resolve.ts';

/** A request to another host. */
export type Outgoing = {
  /** `https:`, or `http:` for an origin that an operator has named. No user, no fragment. */
  readonly url: URL;
  /** `DELETE`, `GET`, `HEAD`, `PATCH`, `POST` or `PUT`. */
  readonly method: string;
  /** Sent as they are, repeats too. Framing, routing and `accept-encoding` are not among them. */
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body: Uint8Array | null;
  /** Milliseconds for all of it, at most ten minutes. */
  readonly within: number;
  /** Of the answer's body. */
  readonly maxBytes: number;
  readonly signal?: AbortSignal;
};

/** A whole answer, of any status: redirects are answers too. */
export type Incoming = {
  readonly status: number;
  /** Names in lower case, in the order of the wire, repeats too. */
  readonly headers: readonly (readonly [string, string])[];
  readonly body: Uint8Array;
};

/** The only door by which the vault calls other hosts. */
export type Egress = {
  /**
   * Sends one request once, and never a second time by itself.
   *
   * @throws EgressError which says whether anything of it can have arrived.
   */
  send(out: Outgoing): Promise<Incoming>;
  /** Ends what is under way, and refuses what comes after. */
  close(): void;
};

export type EgressOptions = {
  /** Exact origins that an operator lets past the rules for addresses, such as `http://localhost:4400`. */
  readonly allowed: readonly string[];
  /** Certificates in PEM that count as roots beside those of this machine. */
  readonly ca?: string;
  /** In place of the system for origins that are allowed, and of the servers of names for all others. */
  readonly resolve?: Resolve;
};

const resolveByServers = resolverOf();

export function createEgress({ allowed, ca, resolve }: EgressOptions): Egress {
  const origins = new Set(allowed);
  const secureContext = contextOf(ca);
  const underWay = new Set<Deadline>();
  let isClosed = false;

  return {
    async send(out) {
      if (isClosed) throw new EgressError('refused', 'closed');
      const target = judgeTarget(out.url, origins);
      const lines = judgeHead(out, target.authority);
      const deadline = startDeadline(out.within, out.signal);
      underWay.add(deadline);
      try {
        const socket = await reach(target, deadline.signal);
        const { method, body, maxBytes } = out;
        const said = { method, path: target.path, lines, body, maxBytes };
        return await exchange(socket, said, deadline.signal);
      } finally {
        deadline.stop();
        underWay.delete(deadline);
      }
    },
    close() {
      isClosed = true;
      for (const deadline of underWay) deadline.cancel();
    },
  };

  async function reach(target: Target, signal: AbortSignal) {
    const ask = resolve ?? (target.isAllowed ? resolveBySystem : resolveByServers);
    const addresses = await beforeEnd(pinAddresses(target, ask, signal), signal, 'not_sent');
    return connect(target, addresses, secureContext, signal);
  }
}

/** Made once: reading all roots takes longer than a handshake. */
function contextOf(ca: string | undefined): SecureContext {
  const roots = ca === undefined ? {} : { ca: [...getCACertificates('default'), ca] };
  return createSecureContext({ ...roots, minVersion: 'TLSv1.2' });
}
