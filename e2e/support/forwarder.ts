import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { setTimeout as pause } from 'node:timers/promises';

/** An answer in the real one's stead, as an edge in front of it gives one. */
export type Answer = { readonly status: number; readonly type: string; readonly body: string };

/** What becomes of a request: passed on, hung up on, never answered, or answered here. */
export type Fate = 'pass' | 'cut' | 'hold' | Answer;

/** How long a request is under way, and how fast its answer then comes. */
export type Link = { readonly delayMs: number; readonly bytesPerMs: number };

/**
 * Stands between a browser and one origin of the real vault, which it passes everything on to; until a test
 * lets that origin fail.
 */
export class Forwarder {
  readonly #server = createServer((asked, answer) => void this.#take(asked, answer));
  readonly #target: number;
  readonly #port: number;
  /** By method and path, such as `POST /v1/tokenize`. */
  fate: (asked: string) => Fate = () => 'pass';
  link: Link | undefined;
  /** Method and path of all that were asked for, oldest first. */
  readonly asked: string[] = [];
  #freeAt = 0;

  constructor(port: number, target: number) {
    this.#port = port;
    this.#target = target;
  }

  get origin(): string {
    return `http://127.0.0.1:${this.#port}`;
  }

  /** Nobody listens any more: connections are refused. */
  down(): Promise<void> {
    if (!this.#server.listening) return Promise.resolve();
    this.#server.closeAllConnections();
    return new Promise((resolve) => this.#server.close(() => resolve()));
  }

  up(): Promise<void> {
    if (this.#server.listening) return Promise.resolve();
    return new Promise((resolve) => this.#server.listen(this.#port, '127.0.0.1', () => resolve()));
  }

  /** As it was before a test: up, fast, and in nobody's way. */
  async heal(): Promise<void> {
    this.fate = () => 'pass';
    this.link = undefined;
    // Whoever is still held would be answered by nobody.
    this.#server.closeAllConnections();
    await this.up();
  }

  async #take(asked: IncomingMessage, answer: ServerResponse): Promise<void> {
    const what = `${asked.method} ${asked.url}`;
    this.asked.push(what);
    const fate = this.fate(what);
    if (fate === 'hold') return;
    if (fate === 'cut') return void asked.socket.destroy();
    if (fate !== 'pass') return this.#answer(answer, asked.headers.origin, fate);
    try {
      await this.#pass(asked, answer);
    } catch {
      asked.socket.destroy();
    }
  }

  #answer(
    answer: ServerResponse,
    origin: string | undefined,
    { status, type, body }: Answer,
  ): void {
    // A page of another origin may read what it is refused with, as it may the vault's own refusals.
    const cors = origin === undefined ? {} : { 'access-control-allow-origin': origin };
    answer.writeHead(status, { 'content-type': type, ...cors }).end(body);
  }

  async #pass(asked: IncomingMessage, answer: ServerResponse): Promise<void> {
    const { method, url: path, headers } = asked;
    const sent = await buffer(asked);
    const { host, port } = { host: '127.0.0.1', port: this.#target };
    const came = await new Promise<IncomingMessage>((resolve, reject) => {
      const onward = request({ host, port, method, path, headers }, resolve);
      onward.on('error', reject).end(sent);
    });
    const body = await buffer(came);
    if (this.link) await this.#crawl(this.link, body.length);
    answer.writeHead(came.statusCode ?? 502, came.rawHeaders).end(body);
  }

  /** One answer after the other over one link. */
  async #crawl({ delayMs, bytesPerMs }: Link, bytes: number): Promise<void> {
    await pause(delayMs);
    this.#freeAt = Math.max(this.#freeAt, performance.now()) + bytes / bytesPerMs;
    await pause(Math.max(0, this.#freeAt - performance.now()));
  }
}
