import { type IncomingMessage, request } from 'node:http';
import type { Socket } from 'node:net';
import { beforeEnd, endOf } from './deadline.ts';
import { EgressError, type EgressReason } from './egress-error.ts';
import type { Incoming } from './send.ts';

const MOST_HEAD_BYTES = 16_384;

/** What is said on a connection. */
export type Said = {
  readonly method: string;
  readonly path: string;
  /** Names and values in turn. */
  readonly lines: readonly string[];
  readonly body: Uint8Array | null;
  readonly maxBytes: number;
};

/**
 * One request and its answer, on a connection that is used for nothing else: neither an older answer nor a server
 * that just gave it up can be mistaken for the outcome of this one. An answer of 3xx is an answer. One without a
 * length and without chunks is over when its connection is; Node does not tell whether TLS was ended in order, so
 * whoever can cut the connection can cut the body of such an answer, unnoticed (RFC 9112 §9.8).
 *
 * @throws EgressError `unknown` as soon as a byte may have left.
 */
export async function exchange(socket: Socket, said: Said, signal: AbortSignal): Promise<Incoming> {
  try {
    if (signal.aborted) throw new EgressError('not_sent', endOf(signal));
    if (socket.destroyed) throw new EgressError('not_sent', 'connect_failed');
    return await beforeEnd(answerTo(socket, said), signal, 'unknown');
  } catch (error) {
    if (error instanceof EgressError) throw error;
    throw new EgressError('unknown', reasonOf(error), error);
  } finally {
    socket.destroy();
  }
}

async function answerTo(socket: Socket, said: Said): Promise<Incoming> {
  const answer = await ask(socket, said);
  const body = await bodyOf(answer, said.maxBytes);
  return { status: answer.statusCode ?? 0, headers: pairsOf(answer.rawHeaders), body };
}

function ask(socket: Socket, { method, path, lines, body }: Said): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const asked = request({
      // In place of an agent: no pool, no second try, and no proxy of the environment.
      createConnection: () => socket,
      ...{ method, path, headers: lines },
      ...{ maxHeaderSize: MOST_HEAD_BYTES, insecureHTTPParser: false },
    });
    // None is dropped silently: their bytes are limited.
    asked.maxHeadersCount = 0;
    asked.on('error', reject);
    asked.on('response', (answer) => {
      if (isFinal(answer)) resolve(answer);
      else reject(new EgressError('unknown', 'answer_malformed'));
    });
    asked.on('upgrade', () => reject(new EgressError('unknown', 'answer_malformed')));
    asked.on('close', () => reject(new EgressError('unknown', 'connection_lost')));
    asked.end(body ?? undefined);
  });
}

/** The parser takes any three digits; no contract and no table of ours has a place for others (RFC 9110 §15). */
function isFinal({ statusCode = 0 }: IncomingMessage): boolean {
  return statusCode >= 200 && statusCode <= 599;
}

async function bodyOf(answer: IncomingMessage, maxBytes: number): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of answer as AsyncIterable<Uint8Array>) {
    size += chunk.byteLength;
    if (size > maxBytes) throw new EgressError('unknown', 'answer_too_large');
    chunks.push(chunk);
  }
  if (!answer.complete) throw new EgressError('unknown', 'connection_lost');
  return joined(chunks, size);
}

/** Of its own memory: a small Buffer shares its with others. */
function joined(chunks: readonly Uint8Array[], size: number): Uint8Array {
  const body = new Uint8Array(size);
  let at = 0;
  for (const chunk of chunks) {
    body.set(chunk, at);
    at += chunk.byteLength;
  }
  return body;
}

function pairsOf(raw: readonly string[]): [string, string][] {
  return raw.flatMap((name, at): [string, string][] =>
    at % 2 === 0 ? [[name.toLowerCase(), raw[at + 1] ?? '']] : [],
  );
}

function reasonOf(error: unknown): EgressReason {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  if (code === 'HPE_HEADER_OVERFLOW') return 'answer_head_too_large';
  return code.startsWith('HPE_') ? 'answer_malformed' : 'connection_lost';
}
