import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Builder, By, Capabilities, type WebDriver, type WebElement } from 'selenium-webdriver';
import { webkitDriver } from './engines.ts';
import { test as base, expect } from './merchant.ts';
import { freePortBase } from './ports.ts';
import { ProcessGroup, startDisplay, until } from './virtual-display.ts';

/** The system's WebKit with one window: a shopper's hands, and eyes inside every frame. */
export class Webkit {
  readonly driver: WebDriver;

  constructor(driver: WebDriver) {
    this.driver = driver;
  }

  /** Opens a page and waits for its `ready`; answers the error's code where that is refused. */
  async open(url: string): Promise<string> {
    await this.driver.switchTo().defaultContent();
    await this.driver.get(url);
    return String(
      await this.run(`
        if (!window.ready) return 'the SDK did not load';
        return window.ready.then(() => 'ready', (error) => error.code);`),
    );
  }

  /** Runs a function body where the driver looks at the moment; waits for a promise it returns. */
  run(body: string, ...args: unknown[]): Promise<unknown> {
    const done = 'const done = arguments[arguments.length - 1];';
    const work = `(async function () { ${body} }).apply(null, arguments)`;
    return this.driver.executeAsyncScript(
      `${done} ${work}.then(done, (error) => done('failed: ' + error));`,
      ...args,
    );
  }

  /** Looks into one frame of the page, then out again. */
  async inside<T>(frame: WebElement, look: () => Promise<T>): Promise<T> {
    await this.driver.switchTo().frame(frame);
    try {
      return await look();
    } finally {
      await this.driver.switchTo().defaultContent();
    }
  }

  /** The frame of an element, by the name it has for a shopper. */
  frame(title = 'Secure card fields'): Promise<WebElement> {
    return this.one(`iframe[title="${title}"]`);
  }

  frames(): Promise<WebElement[]> {
    return this.all('iframe');
  }

  one(css: string): Promise<WebElement> {
    return until(css, async () => (await this.all(css))[0], 5_000);
  }

  all(css: string): Promise<WebElement[]> {
    return this.driver.findElements(By.css(css));
  }

  /** Clicks an input inside a frame; keys before that would go nowhere. */
  async click(frame: WebElement, autocomplete: string): Promise<void> {
    await this.inside(frame, async () => (await this.one(input(autocomplete))).click());
  }

  /** Presses keys one by one, wherever the focus is. */
  async type(keys: string, pauseMs = 0): Promise<void> {
    const hands = this.driver.actions({ async: true });
    for (const key of keys) {
      hands.keyDown(key).keyUp(key);
      if (pauseMs > 0) hands.pause(pauseMs);
    }
    await hands.perform();
  }

  /** What stands in the inputs of a frame, in their order. */
  async values(frame: WebElement): Promise<string[]> {
    const look = () =>
      this.run(`return [...document.querySelectorAll('input')].map((i) => i.value)`);
    const values = await this.inside(frame, look);
    return Array.isArray(values) ? values.map(String) : [];
  }

  /** The id of the token that `elements.tokenize()` answers in the page, else what it said instead. */
  async tokenize(): Promise<string> {
    const answer = `({ token, error }) => token?.id ?? error?.code ?? 'nothing'`;
    return String(await this.run(`return window.elements.tokenize().then(${answer})`));
  }
}

export const input = (autocomplete: string) => `input[autocomplete="${autocomplete}"]`;

/** No session bus: the browser's own would outlive it, and nothing here asks for one. */
function environment(display: string, home: string): NodeJS.ProcessEnv {
  const { PATH = '', TZ = '', LANG = 'C.UTF-8' } = process.env;
  return {
    ...{ PATH, TZ, LANG, HOME: home, XDG_RUNTIME_DIR: home, DISPLAY: display },
    DBUS_SESSION_BUS_ADDRESS: 'disabled:',
    NO_AT_BRIDGE: '1',
  };
}

async function startSession(program: string, display: string, home: string) {
  const port = await freePortBase();
  const group = new ProcessGroup(program, [`--port=${port}`], environment(display, home));
  const server = `http://127.0.0.1:${port}`;
  try {
    await until('the driver', async () => {
      if (!group.running) throw new Error(`the driver did not start: ${group.output}`);
      return fetch(`${server}/status`).catch(() => undefined);
    });
    const wanted = new Capabilities({
      browserName: 'MiniBrowser',
      'webkitgtk:browserOptions': { args: ['--automation'] },
    });
    const driver = await new Builder().usingServer(server).withCapabilities(wanted).build();
    return { group, driver };
  } catch (error) {
    await group.stop();
    throw error;
  }
}

async function withWebkit(use: (webkit: Webkit) => Promise<void>): Promise<void> {
  const program = webkitDriver();
  if (program === undefined) throw new Error('no WebKitWebDriver here');
  const home = mkdtempSync(join(tmpdir(), 'hushfield-webkit-'));
  const display = await startDisplay();
  try {
    const { driver, group } = await startSession(program, display.name, home);
    try {
      await driver.manage().setTimeouts({ script: 15_000, pageLoad: 15_000 });
      await use(new Webkit(driver));
      await driver.quit().catch(() => {});
    } finally {
      await group.stop();
    }
  } finally {
    await display.group.stop();
    rmSync(home, { recursive: true, force: true });
  }
}

/** The merchant's test, in the system's WebKit; Playwright's own `page` would start another browser. */
export const test = base.extend<object, { webkit: Webkit }>({
  webkit: [
    // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the names of what is used here
    async ({}, use) => withWebkit(use),
    { scope: 'worker', timeout: 60_000 },
  ],
});

export { expect };
