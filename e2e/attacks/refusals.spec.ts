import { expect, test } from '../support/merchant.ts';

const SID = 'AAAAAAAAAAAAAAAAAAAAAA';
const hash = `#${new URLSearchParams({ sid: SID, element: 'card', scheme: 'light' })}`;
const IFRAME = { headers: { 'sec-fetch-dest': 'iframe' } };

test('serves a frame document to nothing but an iframe', async ({ page, merchant }) => {
  const { fieldsOrigin, keys } = merchant.deployment;
  for (const role of ['field', 'controller']) {
    const url = `${fieldsOrigin}/f1/${keys.publishableKey}/${role}`;
    const response = await page.goto(url + hash);
    expect(response?.status()).toBe(403);
    await expect(page.locator('input')).toHaveCount(0);
    for (const dest of ['document', 'script', 'empty', undefined]) {
      const headers: Record<string, string> = dest === undefined ? {} : { 'sec-fetch-dest': dest };
      const { status } = await fetch(url, { headers });
      expect(status, String(dest)).toBe(403);
    }
  }
});

test('shows no input as a top-level document, even when the server was fooled', async ({
  page,
  merchant,
}) => {
  const { fieldsOrigin, keys } = merchant.deployment;
  const url = `${fieldsOrigin}/f1/${keys.publishableKey}/field`;
  const document = await fetch(url, IFRAME);
  const headers = Object.fromEntries(document.headers);
  const body = await document.text();
  await page.route(`${url}*`, (route) => route.fulfill({ body, headers }));
  await page.goto(url + hash);
  await expect(page.getByText('Card entry is not available here.')).toBeVisible();
  await expect(page.locator('input')).toHaveCount(0);
});

test('shows no input in a sandbox without an origin', async ({ page, merchant }) => {
  const { fieldsOrigin, keys } = merchant.deployment;
  const src = `${fieldsOrigin}/f1/${keys.publishableKey}/field${hash}`;
  merchant.pages.set('/sandbox', '', `<iframe sandbox="allow-scripts" src="${src}"></iframe>`);
  await page.goto(`${merchant.origin}/sandbox`);
  const frame = page.frameLocator('iframe');
  // Whether the server, the browser or the document refuses: there is nothing to type into.
  await page.waitForTimeout(700);
  await expect(frame.locator('input')).toHaveCount(0);
});

test('cannot be framed by an origin that is not registered', async ({ page, merchant }) => {
  const { deployment } = merchant;
  const url = merchant.cardPage().replace('localhost', '127.0.0.1');
  const violations: string[] = [];
  page.on('console', (message) => {
    if (/frame-ancestors/.test(message.text())) violations.push(message.text());
  });
  await page.goto(url);
  const code = await page.evaluate(() =>
    Reflect.get(window, 'ready').then(
      () => 'ready',
      (error: { code?: string }) => error.code,
    ),
  );
  expect(code).toMatch(/^(frame_timeout|origin_not_allowed)$/);
  expect(violations).not.toStrictEqual([]);
  const inner = page.frames().filter((frame) => frame.url().startsWith(deployment.fieldsOrigin));
  for (const frame of inner) expect(await frame.locator('input').count()).toBe(0);
});

test('tells nobody to frame it when the key is unknown', async ({ merchant }) => {
  const { fieldsOrigin, keys } = merchant.deployment;
  const last = keys.publishableKey.at(-1) === 'a' ? 'b' : 'a';
  for (const key of [keys.publishableKey.slice(0, -1) + last, 'pk_test_x', '__proto__']) {
    for (const role of ['field', 'controller']) {
      const answer = await fetch(`${fieldsOrigin}/f1/${key}/${role}`, IFRAME);
      expect(answer.status).toBe(404);
      expect(answer.headers.get('content-security-policy')).toContain("frame-ancestors 'none'");
    }
  }
});

test('names the registered origins and nothing else as its ancestors', async ({ merchant }) => {
  const { fieldsOrigin, keys } = merchant.deployment;
  for (const role of ['field', 'controller']) {
    const answer = await fetch(`${fieldsOrigin}/f1/${keys.publishableKey}/${role}`, IFRAME);
    const policy = answer.headers.get('content-security-policy') ?? '';
    expect(/frame-ancestors ([^;]*)/.exec(policy)?.[1]).toBe(merchant.origin);
  }
});
