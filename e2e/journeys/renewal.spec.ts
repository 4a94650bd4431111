import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { VISA } from '../support/cards.ts';
import { newDatabase } from '../support/database.ts';
import { type Deployment, deploy } from '../support/deployment.ts';
import { ROOT } from '../support/server-process.ts';
import { Shopper } from '../support/shopper.ts';
import { expect, test as shared } from '../support/test.ts';

/** The shortest ticket a vault gives out; the controller loads anew at four fifths of it. */
const TICKET_SECONDS = 10;
/** How long a frame may be silent once something has loaded in it. */
const SILENCE_MS = 3_500;
/** The command line is another process: on the embedded database it could not come in. */
const SERVER = process.env['HUSHFIELD_TEST_PG'];

const test = shared.extend<{ own: Deployment }>({
  // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the names of what is used here
  own: async ({}, use) => {
    const own = await deploy({ env: () => ({ TICKET_SECONDS: String(TICKET_SECONDS) }) });
    await use(own);
    await own.dispose();
  },
});

test('renews the ticket in time and pays with what was typed before', async ({ own, page }) => {
  test.setTimeout(60_000);
  const loads: number[] = [];
  page.on('framenavigated', (frame) => {
    if (frame.url().includes('/controller')) loads.push(Date.now());
  });
  await page.goto(own.shopOrigin);
  const shopper = new Shopper(page);
  await shopper.fill(VISA);
  await expect
    .poll(() => loads.length, { timeout: TICKET_SECONDS * 1_500 })
    .toBeGreaterThanOrEqual(2);
  const [first = 0, second = 0] = loads;
  expect(second - first).toBeLessThan(TICKET_SECONDS * 1_000);
  await expect(shopper.input('number')).toHaveValue('4242 4242 4242 4242');
  await expect(shopper.input('cvc')).toHaveValue(VISA.cvc);
  await shopper.pay();
});

test('gets its new ticket later when the fields were away at its time, and pays with what was typed', async ({
  own,
  page,
}) => {
  test.setTimeout(60_000);
  await page.goto(own.shopOrigin);
  const shopper = new Shopper(page);
  await shopper.fill(VISA);
  let refused = 0;
  await page.route('**/controller*', (route) => {
    refused += 1;
    return route.abort();
  });
  await expect.poll(() => refused, { timeout: TICKET_SECONDS * 1_500 }).toBeGreaterThan(0);
  await page.unroute('**/controller*');
  await expect(shopper.input('number')).toHaveValue('4242 4242 4242 4242');
  // Until it is known that no document came, a payment waits for that one.
  await page.waitForTimeout(SILENCE_MS);
  await shopper.pay();
});

test('pays with what was typed, though its receive key was destroyed meanwhile', async ({
  page,
}) => {
  test.skip(SERVER === undefined, 'HUSHFIELD_TEST_PG names no server');
  test.setTimeout(60_000);
  const database = await newDatabase(SERVER ?? '');
  const own = await deploy({ databaseUrl: database.url });
  try {
    let loads = 0;
    page.on('framenavigated', (frame) => {
      if (frame.url().includes('/controller')) loads += 1;
    });
    const listed = page.waitForResponse((answer) => answer.url().includes('/v1/keys/manifest'));
    await page.goto(own.shopOrigin);
    const shopper = new Shopper(page);
    await shopper.fill(VISA);
    await listed;
    const before = loads;
    const main = join(ROOT, 'apps/vault/src/cli/main.ts');
    const words = [main, 'keys', 'rotate', '--what', 'receive', '--now'];
    const env = { HUSHFIELD_DATA_DIR: own.dataDir, DATABASE_URL: database.url };
    const { status, stderr } = spawnSync(process.execPath, words, { env, encoding: 'utf8' });
    expect({ status, stderr }).toStrictEqual({ status: 0, stderr: '' });
    // By then no node remembers the key.
    await page.waitForTimeout(1_100);
    await shopper.pay();
    expect(loads).toBe(before + 1);
  } finally {
    await own.dispose();
    await database.drop();
  }
});
