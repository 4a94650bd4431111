import type { Page } from '@playwright/test';
import { attack, saw } from '../support/attack.ts';
import { readToken } from '../support/backend.ts';
import { canaryNumber, VISA } from '../support/cards.ts';
import type { Deployment, MerchantKeys } from '../support/deployment.ts';
import { withEmbedded } from '../support/database.ts';
import { expect, merchantOf, openCard, test, tokenize, typeCard } from '../support/merchant.ts';
import { PageServer } from '../support/page-server.ts';
import { twoMerchants } from '../support/two-merchants.ts';

type Body = Record<'ticket' | 'parentOrigin' | 'kid' | 'enc' | 'ct', string> & { attempt: number };

/** Keeps what the controller posts, byte for byte, as an edge that logs bodies would. */
function keepBodies(): void {
  const own = fetch;
  const bodies: string[] = [];
  window.fetch = (input, init) => {
    if (typeof init?.body === 'string') bodies.push(init.body);
    return own(input, init);
  };
  Object.assign(window, { bodies });
}

/** Pays on the page of a test and gives the token and the body that bought it. */
async function payAndCapture(page: Page, url: string) {
  await page.addInitScript(keepBodies);
  await openCard(page, url);
  await typeCard(page, { ...VISA, number: canaryNumber() });
  const { token } = await tokenize(page);
  const controller = page.frames().find((frame) => frame.url().includes('/controller#'));
  const bodies = await controller?.evaluate((): string[] => Reflect.get(window, 'bodies'));
  const [text = ''] = bodies ?? [];
  const body: Body = JSON.parse(text);
  return { id: token?.id ?? '', text, body };
}

type Reply = { status: number; code: string; answer: string; reply: string };

/** Posts as the thief does: from anywhere, with a header that anyone can write. */
async function send(deployment: Deployment, body: unknown, origin = deployment.fieldsOrigin) {
  const response = await fetch(`${deployment.vaultApi}/v1/tokenize`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', origin },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
  const text = await response.text();
  const { code = '', requestId = '', reply = '' }: Record<string, string> = JSON.parse(text);
  const answer = requestId === '' ? text : text.replaceAll(requestId, 'id');
  return { status: response.status, code, answer, reply } satisfies Reply;
}

async function newTicket({ fieldsOrigin }: Deployment, keys: MerchantKeys): Promise<string> {
  const document = await fetch(`${fieldsOrigin}/f1/${keys.publishableKey}/controller`, {
    headers: { 'sec-fetch-dest': 'iframe' },
  });
  const boot: { ticket?: string } = JSON.parse(
    /id="boot">([^<]*)</.exec(await document.text())?.[1] ?? '{}',
  );
  return String(boot.ticket);
}

/** Turns one bit of one byte of a base64url text. */
function flip(text: string, at: number): string {
  const bytes = Buffer.from(text, 'base64url');
  bytes[at] = (bytes[at] ?? 0) ^ 1;
  return bytes.toString('base64url');
}

test(
  'answers a captured payload only as it was, to nobody who can read the answer',
  attack(36, 'a recorded tokenize body is sent again: as it was, and changed in each of its parts'),
  async ({ page, merchant }) => {
    const { deployment } = merchant;
    const { id, text, body } = await payAndCapture(page, merchant.cardPage());
    expect(id).toMatch(/^tok_test_/);

    const same = await Promise.all([1, 2, 3].map(() => send(deployment, text)));
    expect(same.map(({ status }) => status)).toStrictEqual([200, 200, 200]);
    // Sealed anew each time, to a key that only the frame that sent the card ever had.
    expect(new Set(same.map(({ reply }) => reply)).size).toBe(3);
    expect(new Set(same.map(({ reply }) => reply.length)).size).toBe(1);
    expect(same.some(({ reply }) => Buffer.from(reply, 'base64url').includes('tok_'))).toBe(false);

    const ticket = await newTicket(deployment, deployment.keys);
    const changed: Partial<Body>[] = [
      ...[2, 3, 10].map((attempt) => ({ attempt })),
      { ticket },
      ...[0, 31, 32, 500, 1119].map((at) => ({ enc: flip(body.enc, at) })),
      ...[0, 255, 511, 512, 527].map((at) => ({ ct: flip(body.ct, at) })),
      { kid: flip(body.kid, 0) },
    ];
    const refused = await Promise.all(
      changed.map((each) => send(deployment, { ...body, ...each })),
    );
    expect(new Set(refused.map(({ status }) => status))).toStrictEqual(new Set([400]));
    expect(new Set(refused.map(({ code }) => code))).toStrictEqual(new Set(['invalid_request']));
    // Byte for byte one answer, its number aside: no oracle for what was wrong.
    expect(new Set(refused.map(({ answer }) => answer)).size).toBe(1);

    const elsewhere = await send(deployment, { ...body, parentOrigin: 'https://evil.example' });
    expect([elsewhere.status, elsewhere.code]).toStrictEqual([403, 'origin_not_allowed']);
    const browser = await send(deployment, text, merchant.origin);
    expect([browser.status, browser.code]).toStrictEqual([403, 'origin_not_allowed']);
    for (const forged of [flip(body.ticket.split('.')[0] ?? '', 9), flip(body.ticket, 40)]) {
      expect((await send(deployment, { ...body, ticket: forged })).code).toBe('unauthorized');
    }
    expect((await readToken(deployment, id)).status).toBe(200);
    saw(`3 identical replays answered unreadably, ${changed.length + 4} changed ones refused`);
  },
);

test(
  'makes one token of a captured payload, whoever sends it and with whose ticket',
  attack(
    36,
    'identical replays at once, and one with the ticket of another merchant of the vault',
    '@full',
  ),
  async ({ page }) => {
    test.setTimeout(120_000);
    const { deployment, rival } = await twoMerchants();
    const pages = new PageServer();
    await pages.listen(deployment.portBase);
    try {
      const { id, text, body } = await payAndCapture(
        page,
        merchantOf(deployment, pages).cardPage(),
      );
      const same = await Promise.all(Array.from({ length: 40 }, () => send(deployment, text)));
      expect(new Set(same.map(({ status }) => status))).toStrictEqual(new Set([200]));
      const theirs = await newTicket(deployment, rival);
      const own = await newTicket(deployment, deployment.keys);
      for (const ticket of [theirs, own]) {
        for (const attempt of [1, 2]) {
          const answer = await send(deployment, { ...body, ticket, attempt });
          expect([answer.status, answer.code]).toStrictEqual([400, 'invalid_request']);
        }
      }
      expect((await readToken({ ...deployment, keys: rival }, id)).status).toBe(404);
      expect((await readToken(deployment, id)).status).toBe(200);

      await deployment.vault.stop();
      const rows = await withEmbedded(deployment.dataDir, (query) =>
        query('SELECT token_id FROM tokens'),
      );
      expect(rows).toStrictEqual([{ token_id: id }]);
      saw(`${same.length} identical and 4 re-ticketed replays, 1 token in the database`);
    } finally {
      await pages.close();
      await deployment.dispose();
    }
  },
);
