import { chromium } from '@playwright/test';
import { chromiumOptions } from './chromium.ts';
import { deploy } from './deployment.ts';
import { Shopper } from './shopper.ts';
import { VISA } from './cards.ts';
const d = await deploy();
const b = await chromium.launch(chromiumOptions());
const shot = async (name: string, width: number, query: string, act?: (s: Shopper) => Promise<void>) => {
  const page = await b.newPage({ viewport: { width, height: width < 500 ? 1150 : 1010 }, deviceScaleFactor: width < 500 ? 2 : 1, colorScheme: query.includes('dark') ? 'dark' : 'light' });
  await page.goto(`${d.shopOrigin}/${query}`);
  const s = new Shopper(page, query.includes('separate') ? 'separate' : 'card');
  for (const f of ['number', 'expiry', 'cvc'] as const) await s.input(f).waitFor();
  await page.waitForTimeout(500);
  await act?.(s);
  await page.screenshot({ path: `/tmp/shots/${name}.png` });
  for (const h of await page.locator('.hosted').all()) { const i = h.locator('iframe'); console.log(name, await h.evaluate((e) => e.className), 'box', (await h.boundingBox())?.height, 'frame', (await i.boundingBox())?.height); }
  await page.close();
};
const wrong = async (s: Shopper) => { await s.fill({ ...VISA, number: '5555555555554441', cvc: '12' }); await s.payButton.click(); await s.page.waitForTimeout(400); };
const filled = async (s: Shopper) => { await s.fill(VISA); await s.page.waitForTimeout(300); };
await shot('light', 1280, '?theme=light', filled);
await shot('dark', 1280, '?theme=dark', filled);
await shot('light320', 320, '?theme=light');
await shot('dark320', 320, '?theme=dark', wrong);
await shot('error', 1280, '?theme=light', wrong);
await shot('separate', 1280, '?layout=separate', wrong);
await shot('separate320', 320, '?layout=separate&theme=dark', filled);
await shot('name', 768, '?name=1', filled);
await shot('name320', 320, '?name=1', filled);
await d.vault.stop();
await shot0();
async function shot0() {
  const page = await b.newPage({ viewport: { width: 1280, height: 800 } });
  await page.goto(`${d.shopOrigin}/`); await page.waitForTimeout(1500);
  await page.screenshot({ path: '/tmp/shots/down.png' });
  await d.startVault(); await page.getByRole('button', { name: 'Try again' }).click(); await page.waitForTimeout(800);
  const s = new Shopper(page); await s.fill(VISA); await s.pay();
  await page.screenshot({ path: '/tmp/shots/order.png' });
}
await b.close(); await d.dispose();
