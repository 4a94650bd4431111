import { createServer, type IncomingMessage, type Server } from 'node:http';

type Page = { readonly body: string; readonly headers: Readonly<Record<string, string>> };

/** A merchant's web server whose pages a test writes: honest, careless or hostile. */
export class PageServer {
  readonly #pages = new Map<string, Page>();
  /** Bodies of the forms that pages have posted, oldest first. */
  readonly posts: string[] = [];
  readonly #server: Server = createServer((request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://merchant');
    const page = this.#pages.get(pathname);
    if (request.method === 'POST') void this.#take(request);
    response.writeHead(page === undefined ? 404 : 200, {
      'content-type': 'text/html; charset=utf-8',
      ...page?.headers,
    });
    response.end(page?.body ?? '');
  });

  async #take(request: IncomingMessage): Promise<void> {
    let body = '';
    for await (const chunk of request) body += String(chunk);
    this.posts.push(body);
  }

  /** On every local address, so that one server is several origins. */
  listen(port: number): Promise<void> {
    return new Promise((resolve) => this.#server.listen(port, () => resolve()));
  }

  close(): Promise<void> {
    this.#server.closeAllConnections();
    return new Promise((resolve) => this.#server.close(() => resolve()));
  }

  /** Serves a page under a path; the head is what a test adds before the page's own content. */
  set(path: string, head: string, body = '', headers: Page['headers'] = {}): void {
    const html = `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Merchant</title>${head}</head><body>${body}</body></html>`;
    this.setFile(path, html, headers);
  }

  /** Serves a text as it is. */
  setFile(path: string, body: string, headers: Page['headers'] = {}): void {
    this.#pages.set(path, { body, headers });
  }
}
