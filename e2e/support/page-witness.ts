import type { Page } from '@playwright/test';

const MARK = 'witness ';

/** Runs in the page before any of its scripts: writes down every message and every change of the DOM. */
function witness(mark: string): void {
  if (window !== window.top) return;
  const say = (what: string, data: unknown) => console.debug(mark + what, JSON.stringify(data));
  addEventListener('message', ({ data }) => say('message', data), true);
  const Channel = MessageChannel;
  window.MessageChannel = class extends Channel {
    constructor() {
      super();
      const send = this.port1.postMessage.bind(this.port1);
      this.port1.postMessage = (message: unknown) => {
        say('sent', message);
        send(message);
      };
      this.port1.addEventListener('message', ({ data }) => say('received', data));
    }
  };
  new MutationObserver(() => say('dom', document.documentElement.outerHTML)).observe(document, {
    subtree: true,
    childList: true,
    attributes: true,
    characterData: true,
  });
}

/** What a page can read of its browser whenever it likes. */
async function state(): Promise<string> {
  const storages = [localStorage, sessionStorage].map((storage) => ({ ...storage }));
  const databases = (await indexedDB.databases?.().catch(() => [])) ?? [];
  return JSON.stringify({
    url: [location.href, document.referrer, document.cookie, window.name, history.state],
    entries: performance.getEntries(),
    storages,
    databases,
    html: document.documentElement.outerHTML,
  });
}

/** All that the page itself could see: its messages, its ports, its DOM over time, its console. */
export class PageWitness {
  readonly #lines: string[] = [];

  private constructor(page: Page) {
    page.on('console', (message) => this.#lines.push(message.text()));
    page.on('pageerror', (error) => this.#lines.push(error.stack ?? error.message));
  }

  /** Call before the page loads. */
  static async of(page: Page): Promise<PageWitness> {
    const self = new PageWitness(page);
    await page.addInitScript(witness, MARK);
    return self;
  }

  /** Adds what does not announce itself: storage, cookies, the timeline of resources. */
  async look(page: Page): Promise<void> {
    this.#lines.push(await page.evaluate(state));
  }

  get text(): string {
    return this.#lines.join('\n');
  }

  /** How many messages came by the ports between page and frames. */
  get received(): number {
    return this.#lines.filter((line) => line.startsWith(`${MARK}received`)).length;
  }
}
