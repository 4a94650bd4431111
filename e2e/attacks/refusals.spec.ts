import { attack, saw } from '../support/attack.ts';
import { expect, openCard, test } from '../support/merchant.ts';

const SID = 'AAAAAAAAAAAAAAAAAAAAAA';
const hash = `#${new URLSearchParams({ sid: SID, element: 'card', scheme: 'light' })}`;
const IFRAME = { headers: { 'sec-fetch-dest': 'iframe' } };

test(
  'serves a frame document to nothing but an iframe',
  attack([2, 9], 'a tab, a script and a bare client ask for the documents meant for an iframe'),
  async ({ page, merchant }) => {
    const { fieldsOrigin, keys } = merchant.deployment;
    for (const role of ['field', 'controller']) {
      const url = `${fieldsOrigin}/f1/${keys.publishableKey}/${role}`;
      const response = await page.goto(url + hash);
      expect(response?.status()).toBe(403);
      await expect(page.locator('input')).toHaveCount(0);
      for (const dest of ['document', 'script', 'empty', undefined]) {
        const headers: Record<string, string> =
          dest === undefined ? {} : { 'sec-fetch-dest': dest };
        const { status } = await fetch(url, { headers });
        expect(status, String(dest)).toBe(403);
      }
      expect((await fetch(url, IFRAME)).status).toBe(200);
    }
    saw('10 requests that were no iframe, 0 documents');
  },
);

test(
  'shows no input as a top-level document, even when the server was fooled',
  attack([2, 9], 'the field document is opened in a tab by way of a copy'),
  async ({ page, merchant }) => {
    const { fieldsOrigin, keys } = merchant.deployment;
    const url = `${fieldsOrigin}/f1/${keys.publishableKey}/field`;
    const document = await fetch(url, IFRAME);
    const headers = Object.fromEntries(document.headers);
    const body = await document.text();
    await page.route(`${url}*`, (route) => route.fulfill({ body, headers }));
    await page.goto(url + hash);
    await expect(page.getByText('Card entry is not available here.')).toBeVisible();
    await expect(page.locator('input')).toHaveCount(0);
    saw('the fixed notice, 0 inputs');
  },
);

test(
  'shows no input in a sandbox without an origin, and says so',
  attack(
    [2, 9],
    'the page sandboxes both frames so that their origin is opaque, and connects to them',
  ),
  async ({ page, merchant }) => {
    const { fieldsOrigin, keys } = merchant.deployment;
    const url = (role: string) => `${fieldsOrigin}/f1/${keys.publishableKey}/${role}`;
    const frames = [
      `${url('field')}#${new URLSearchParams({ sid: SID, scheme: 'light' })}`,
      `${url('controller')}#sid=${SID}`,
    ];
    const body = frames.map((src) => `<iframe sandbox="allow-scripts" src="${src}"></iframe>`);
    merchant.pages.set('/sandbox', `<script>${CONNECT_ALL}</script>`, body.join(''));
    await page.goto(`${merchant.origin}/sandbox`);
    const heard = () => page.evaluate((): unknown[] => Reflect.get(window, 'heard'));
    const refusal = (role: string) => ({
      v: 1,
      type: 'hello',
      role,
      sid: SID,
      refuse: 'insecure_context',
    });
    await expect
      .poll(async () => (await heard()).toSorted(byRole))
      .toStrictEqual([refusal('controller'), refusal('field')]);
    const frame = page.frameLocator('iframe').first();
    await expect(frame.getByText('Card entry is not available here.')).toBeVisible();
    await expect(frame.locator('input')).toHaveCount(0);
    expect(await page.evaluate((): unknown => Reflect.get(window, 'answers'))).toBe(0);
    saw('2 refusals told to the page, 0 inputs, 0 answers to a connect');
  },
);

/** Answers every hello as the SDK would, if it did not know better. */
const CONNECT_ALL = `
  window.heard = [];
  window.answers = 0;
  addEventListener('message', ({ source, data }) => {
    heard.push(data);
    const [calls, events] = [new MessageChannel(), new MessageChannel()];
    calls.port1.onmessage = () => { answers += 1; };
    calls.port1.postMessage({ id: 'x', type: 'APPLY', path: ['blur'], argumentList: [] });
    source.postMessage({ v: 1, type: 'connect', sid: data.sid }, '*', [calls.port2, events.port2]);
  });`;

const byRole = (a: unknown, b: unknown) => JSON.stringify(a).localeCompare(JSON.stringify(b));

test(
  'cannot be framed by an origin that is not registered',
  attack(2, 'the same page from an origin that the merchant has not registered'),
  async ({ page, merchant }) => {
    const { fieldsOrigin } = merchant.deployment;
    const url = merchant.cardPage();
    const answers: number[] = [];
    page.on('response', (response) => {
      if (response.url().startsWith(`${fieldsOrigin}/f1/`)) answers.push(response.status());
    });
    await page.goto(url.replace('localhost', '127.0.0.1'));
    const code = await page.evaluate(() =>
      Reflect.get(window, 'ready').then(
        () => 'ready',
        (error: { code?: string }) => error.code,
      ),
    );
    expect(code).toMatch(/^(frame_timeout|origin_not_allowed)$/);
    // The document was served; it is the browser that kept it from this page.
    expect(answers).toContain(200);
    const inner = page.frames().filter((frame) => frame.url().startsWith(fieldsOrigin));
    for (const frame of inner) expect(await frame.locator('input').count()).toBe(0);
    // From the registered origin the very same page has its inputs.
    const frame = await openCard(page, url);
    await expect(frame.locator('input')).toHaveCount(3);
    saw(`${code}, 0 inputs; 3 from the registered origin`);
  },
);

test(
  'tells nobody to frame it when the key is unknown',
  attack(2, 'frames are asked for under unknown, malformed and inherited names of a key'),
  async ({ merchant }) => {
    const { fieldsOrigin, keys } = merchant.deployment;
    const last = keys.publishableKey.at(-1) === 'a' ? 'b' : 'a';
    for (const key of [keys.publishableKey.slice(0, -1) + last, 'pk_test_x', '__proto__']) {
      for (const role of ['field', 'controller']) {
        const answer = await fetch(`${fieldsOrigin}/f1/${key}/${role}`, IFRAME);
        expect(answer.status).toBe(404);
        expect(answer.headers.get('content-security-policy')).toContain("frame-ancestors 'none'");
      }
    }
    saw('6 documents asked for, 6 times 404 and frame-ancestors none');
  },
);

test(
  'names the registered origins and nothing else as its ancestors',
  attack(2, 'reads which origins may frame the documents'),
  async ({ merchant }) => {
    const { fieldsOrigin, keys } = merchant.deployment;
    for (const role of ['field', 'controller']) {
      const answer = await fetch(`${fieldsOrigin}/f1/${keys.publishableKey}/${role}`, IFRAME);
      const policy = answer.headers.get('content-security-policy') ?? '';
      expect(/frame-ancestors ([^;]*)/.exec(policy)?.[1]).toBe(merchant.origin);
    }
    saw('1 registered origin named, in both documents');
  },
);
