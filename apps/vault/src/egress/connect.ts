import { type LookupFunction, connect as connectPlain, isIP, type Socket } from 'node:net';
import {
  checkServerIdentity,
  connect as connectSecure,
  type ConnectionOptions,
  type SecureContext,
} from 'node:tls';
import { endOf } from './deadline.ts';
import { EgressError } from './egress-error.ts';
import type { Target } from './judge-target.ts';

/** Of each address but the last, before the next is tried. */
const ATTEMPT_MS = 1_000;

/**
 * A connection to one of the pinned addresses, on which nothing but a handshake has been said: what fails here has
 * sent no byte of the request. Its owner destroys it.
 *
 * @throws EgressError `not_sent`.
 */
export function connect(
  target: Target,
  addresses: readonly string[],
  secureContext: SecureContext,
  signal: AbortSignal,
): Promise<Socket> {
  const to = {
    ...{ host: target.name, port: target.port, lookup: pinned(addresses) },
    ...{ autoSelectFamily: true, autoSelectFamilyAttemptTimeout: ATTEMPT_MS, noDelay: true },
  };
  const socket = target.isSecure
    ? connectSecure({ ...to, ...verified(target.name), secureContext })
    : connectPlain(to);
  return ready(socket, target.isSecure, signal);
}

/** Node asks this where it would ask the system. */
function pinned(addresses: readonly string[]): LookupFunction {
  const list = addresses.map((address) => ({ address, family: isIP(address) }));
  return (_host, options, done) => {
    if (options.all) done(null, list);
    else done(null, list[0]?.address ?? '', list[0]?.family);
  };
}

/** Said outright: the environment can switch the check off for whoever leaves it to the default. */
function verified(name: string): ConnectionOptions {
  return {
    rejectUnauthorized: true,
    checkServerIdentity: (_host, certificate) => checkServerIdentity(name, certificate),
    ALPNProtocols: ['http/1.1'],
    // An address is no name for SNI (RFC 6066 §3).
    ...(isIP(name) === 0 ? { servername: name } : {}),
  };
}

function ready(socket: Socket, isSecure: boolean, signal: AbortSignal): Promise<Socket> {
  return new Promise((resolve, reject) => {
    let isConnected = false;
    const settled = new AbortController();
    const fail = (reason: EgressError['reason'], error?: unknown) => {
      settled.abort();
      socket.destroy();
      reject(new EgressError('not_sent', reason, error));
    };
    const broken = (error?: unknown) =>
      settled.signal.aborted || fail(isConnected ? 'tls_failed' : 'connect_failed', error);
    // Stays: an error after the end of a request is nobody's.
    socket.on('error', broken);
    socket.once('close', () => broken());
    socket.once('connect', () => {
      isConnected = true;
    });
    socket.once(isSecure ? 'secureConnect' : 'connect', () => {
      if (settled.signal.aborted) return;
      settled.abort();
      resolve(socket);
    });
    const end = () => fail(endOf(signal));
    if (signal.aborted) end();
    signal.addEventListener('abort', end, { once: true, signal: settled.signal });
  });
}
