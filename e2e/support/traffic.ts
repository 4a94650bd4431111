import type { BrowserContext, Request, Response } from '@playwright/test';

/**
 * Everything a browser context sends and receives over HTTP, of every frame: URLs, headers, bodies.
 * Call `text()` when all has settled.
 */
export class Traffic {
  readonly #parts: Promise<string>[] = [];

  constructor(context: BrowserContext) {
    context.on('request', (request) => this.#parts.push(this.#sent(request)));
    context.on('response', (response) => this.#parts.push(this.#received(response)));
  }

  async text(): Promise<string> {
    return (await Promise.all(this.#parts)).join('\n');
  }

  async #sent(request: Request): Promise<string> {
    const headers = JSON.stringify(await request.allHeaders().catch(() => ({})));
    return `${request.method()} ${request.url()}\n${headers}\n${request.postData() ?? ''}`;
  }

  async #received(response: Response): Promise<string> {
    const headers = JSON.stringify(await response.allHeaders().catch(() => ({})));
    return `${headers}\n${await response.text().catch(() => '')}`;
  }
}
