import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type BrowserContext, chromium, expect, type Page, test } from '@playwright/test';
import { canaryNumber, randomDigits, VISA } from '../support/cards.ts';
import { chromiumOptions } from '../support/engines.ts';
import { allValues, withEmbedded } from '../support/database.ts';
import { type Deployment, deploy } from '../support/deployment.ts';
import { filesBelow, formsOf, holdsCode, hunt } from '../support/hunt.ts';
import { PageWitness } from '../support/page-witness.ts';
import { RecordingProxy } from '../support/recording-proxy.ts';
import { Shopper } from '../support/shopper.ts';
import { Traffic } from '../support/traffic.ts';

/** The vault's API as browsers know it: a proxy in front of the vault's own port. */
const PROXY = 5;
const withProxy = (base: number) => ({ API_ORIGIN: `http://127.0.0.1:${base + PROXY}` });

/** Types, goes wrong, corrects, pays: in both layouts, with a code of three and of four digits. */
async function shop(page: Page, origin: string, cards: Canaries): Promise<void> {
  for (const [query, number, cvc] of [
    ['?name=1', cards.visa, VISA.cvc],
    ['?layout=separate', cards.visa, VISA.cvc],
    ['', cards.amex, cards.code],
  ] as const) {
    await page.goto(`${origin}/${query}`);
    const shopper = new Shopper(page, query.includes('separate') ? 'separate' : 'card');
    const name = query.includes('name') ? { name: 'Canary Bird' } : {};
    await shopper.fill({ ...VISA, number, cvc, expiry: '1220', ...name });
    await shopper.payButton.click();
    await expect(shopper.message('expiry')).toHaveText(/expired/i);
    await shopper.input('expiry').fill('');
    await shopper.type('expiry', VISA.expiry);
    await shopper.pay();
  }
}

type Canaries = { visa: string; amex: string; code: string };

/** A code that no script or page of ours contains as a number of its own. */
function freshCode(texts: string): string {
  for (;;) {
    const code = `7${randomDigits(3)}`;
    if (!holdsCode(texts, code)) return code;
  }
}

async function staticTexts({ shopOrigin, fieldsOrigin, keys }: Deployment): Promise<string> {
  const frame = { headers: { 'sec-fetch-dest': 'iframe' } };
  const answers = await Promise.all([
    fetch(shopOrigin),
    fetch(`${shopOrigin}/shop.css`),
    fetch(`${shopOrigin}/checkout.js`),
    fetch(`${fieldsOrigin}/sdk/v1/hushfield.js`),
    fetch(`${fieldsOrigin}/f1/${keys.publishableKey}/field`, frame),
    fetch(`${fieldsOrigin}/f1/${keys.publishableKey}/controller`, frame),
  ]);
  const texts = await Promise.all(answers.map((answer) => answer.text()));
  const script = /src="(\/assets\/[^"]+)"/.exec(texts.at(-1) ?? '')?.[1] ?? '';
  texts.push(await (await fetch(fieldsOrigin + script)).text());
  return texts.join('\n');
}

/** Puts the control where a leak would be, by the way a leak would take. */
async function plant(page: Page, { shopOrigin, apiOrigin }: Deployment, control: string) {
  await page.goto(shopOrigin);
  await page.evaluate(async (number) => {
    localStorage.setItem('control', number);
    document.body.dataset['control'] = number;
    window.postMessage({ control: number }, location.origin);
    await fetch('/orders', { method: 'POST', body: JSON.stringify({ token: number }) });
  }, control);
  await fetch(`${apiOrigin}/v1/tokenize`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ number: control }),
  });
  await page.waitForTimeout(200);
}

test('leaves the number nowhere, and the security code in no column, log or body', async () => {
  test.setTimeout(120_000);
  const deployment = await deploy({ env: withProxy });
  const proxy = new RecordingProxy(deployment.portBase + 2);
  await proxy.listen(deployment.portBase + PROXY);
  const profile = mkdtempSync(join(tmpdir(), 'hushfield-profile-'));
  const code = freshCode(await staticTexts(deployment));
  const canaries = { visa: canaryNumber(), amex: canaryNumber('37828224', 15), code };
  const control = canaryNumber();
  let context: BrowserContext | undefined;
  try {
    context = await chromium.launchPersistentContext(profile, chromiumOptions());
    const traffic = new Traffic(context);
    const page = await context.newPage();
    const witness = await PageWitness.of(page);
    await shop(page, deployment.shopOrigin, canaries);
    expect(witness.received).toBeGreaterThan(10);
    await plant(page, deployment, control);
    const bodies = await traffic.text();
    await context.close();
    await deployment.stop();

    const values = await withEmbedded(deployment.dataDir, async (query) => {
      const before = await allValues(query);
      await query('UPDATE tenants SET name = $1', [`${control} ${code}`]);
      return before;
    });
    const logs = deployment.logs();
    const haystacks = new Map<string, Buffer>([
      ['bodies', Buffer.from(bodies)],
      ['wire', proxy.bytes],
      ['page', Buffer.from(witness.text)],
      ['logs', Buffer.from(`${logs}{"msg":"${control}"}`)],
      ['data', Buffer.concat(filesBelow(deployment.dataDir).map(({ bytes }) => bytes))],
      ['profile', Buffer.concat(filesBelow(profile).map(({ bytes }) => bytes))],
    ]);

    const found = Object.fromEntries(
      [...haystacks].map(([name, hay]) => [
        name,
        [...hunt(hay, canaries.visa), ...hunt(hay, canaries.amex)],
      ]),
    );
    const nowhere = { bodies: [], wire: [], page: [], logs: [], data: [], profile: [] };
    expect(found).toStrictEqual(nowhere);
    for (const [name, hay] of haystacks) {
      expect(hunt(hay, control), `the control in ${name}`).not.toStrictEqual([]);
    }

    // Three tokens must be there, or the hunt looked into the wrong database.
    expect(values.filter(({ column }) => column === 'cards.envelope')).toHaveLength(3);
    const holders = values.filter(({ text }) => holdsCode(text, code)).map(({ column }) => column);
    expect(holders).toStrictEqual([]);
    expect(holdsCode(logs, code)).toBe(false);
    expect(holdsCode(`${bodies}\n${proxy.bytes.toString('latin1')}`, code)).toBe(false);
    expect(holdsCode(witness.text, code)).toBe(false);
    const planted = await withEmbedded(deployment.dataDir, allValues);
    expect(planted.filter(({ text }) => holdsCode(text, code))).toHaveLength(1);
  } finally {
    await context?.close();
    await proxy.close();
    await deployment.dispose();
    rmSync(profile, { recursive: true, force: true });
  }
});

test('finds a number in every form it hunts for', () => {
  for (const number of [canaryNumber(), canaryNumber('37828224', 15)]) {
    for (const { name, bytes } of formsOf(number)) {
      const noise = Buffer.from('…noise…');
      expect(hunt(Buffer.concat([noise, bytes, noise]), number), name).toContain(name);
    }
    for (let offset = 0; offset < 3; offset += 1) {
      const inside = Buffer.from(`${'x'.repeat(offset)}${number}yyyy`).toString('base64');
      expect(hunt(inside, number)).toContain(`raw base64+${offset}`);
    }
  }
});
