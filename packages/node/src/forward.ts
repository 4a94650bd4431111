import { API } from '@hushfield/contract/api';
import type {
  Destination,
  DestinationChange,
  DestinationRecord,
  ForwardAnswer,
  ForwardRequest,
} from './forward-types.ts';
import type { Transport } from './transport.ts';
import type { CallOptions, Page } from './types.ts';

/** Sends it, and reads the answer's body where that is JSON. */
export async function sendForward(
  transport: Transport,
  request: ForwardRequest,
  options: CallOptions,
): Promise<ForwardAnswer> {
  const answer = await transport.call(API.forward, { ...options, body: request });
  return { ...answer, data: read(answer.body) };
}

function read(body: string | null): unknown {
  if (body === null) return undefined;
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}

/** Where cards may be sent. All need `destinations:manage`, which no key has by itself. */
export class Destinations {
  readonly #transport: Transport;

  constructor(transport: Transport) {
    this.#transport = transport;
  }

  /**
   * Approves a destination.
   *
   * @param credentials - by the names that the record gives them; nobody can read them again.
   */
  create(
    record: DestinationRecord,
    credentials: Record<string, string> = {},
    options: CallOptions = {},
  ): Promise<Destination> {
    const body = { record, credentials };
    return this.#transport.call(API.createDestination, { ...options, body });
  }

  /** All of them, newest first. */
  list(options: CallOptions = {}): Promise<Page<Destination>> {
    return this.#transport.call(API.listDestinations, options);
  }

  get(id: string, options: CallOptions = {}): Promise<Destination> {
    return this.#transport.call(API.getDestination, { ...options, params: { id } });
  }

  /** Disables it, takes it up again, or changes its credentials. */
  update(id: string, change: DestinationChange, options: CallOptions = {}): Promise<Destination> {
    const ask = { ...options, params: { id }, body: change };
    return this.#transport.call(API.updateDestination, ask);
  }

  /** Nothing is sent there any more, and its credentials are gone. */
  delete(id: string, options: CallOptions = {}): Promise<void> {
    return this.#transport.call(API.deleteDestination, { ...options, params: { id } });
  }
}
