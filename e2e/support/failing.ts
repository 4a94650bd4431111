import type { Page } from '@playwright/test';
import { deploy } from './deployment.ts';
import { test as base, type Merchant, merchantOf } from './merchant.ts';
import { Forwarder } from './forwarder.ts';
import { PageServer } from './page-server.ts';

/** A vault's two public origins, each behind something that can let it fail. */
export type Hosts = { readonly fields: Forwarder; readonly api: Forwarder };

const [FIELDS, API] = [5, 6];

async function start(): Promise<{ merchant: Merchant; hosts: Hosts; stop(): Promise<void> }> {
  const local = (port: number) => `http://127.0.0.1:${port}`;
  const deployment = await deploy({
    shop: false,
    env: (base) => ({ FIELDS_ORIGIN: local(base + FIELDS), API_ORIGIN: local(base + API) }),
  });
  const { portBase } = deployment;
  const fields = new Forwarder(portBase + FIELDS, portBase + 1);
  const api = new Forwarder(portBase + API, portBase + 2);
  const pages = new PageServer();
  await Promise.all([fields.up(), api.up(), pages.listen(portBase)]);
  return {
    merchant: merchantOf({ ...deployment, fieldsOrigin: fields.origin }, pages),
    hosts: { fields, api },
    async stop() {
      await Promise.all([fields.down(), api.down(), pages.close()]);
      await deployment.dispose();
    },
  };
}

type Stage = Awaited<ReturnType<typeof start>>;

/** The merchant's test with a real vault whose hosts a test can let fail; they are whole again before the next. */
export const test = base.extend<{ hosts: Hosts }, { stage: Stage; merchant: Merchant }>({
  stage: [
    // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the names of what is used here
    async ({}, use) => {
      const stage = await start();
      await use(stage);
      await stage.stop();
    },
    { scope: 'worker', timeout: 60_000 },
  ],
  merchant: [async ({ stage }, use) => use(stage.merchant), { scope: 'worker' }],
  hosts: async ({ stage }, use) => {
    await use(stage.hosts);
    await Promise.all([stage.hosts.fields.heal(), stage.hosts.api.heal()]);
  },
});

/** How something ended: by its value's kind, its error's code, or not at all. */
export type Ending = { readonly how: string; readonly ms: number };

/**
 * Races a promise in the page against its deadline. It travels as text; `never` is what must never come out.
 *
 * @param expression - of a promise: `ready`, or a call.
 */
export function racing(expression: string, deadlineMs: number): string {
  return `(async () => {
    const start = performance.now();
    const how = await Promise.race([
      (async () => {
        const value = await (${expression});
        return value?.token ? 'token' : (value?.error?.code ?? 'done');
      })().catch((error) => error.code ?? String(error)),
      new Promise((resolve) => setTimeout(resolve, ${deadlineMs}, 'never')),
    ]);
    return { how, ms: Math.round(performance.now() - start) };
  })()`;
}

export function race(page: Page, expression: string, deadlineMs: number): Promise<Ending> {
  return page.evaluate<Ending>(racing(expression, deadlineMs));
}
