import { randomCard } from '../support/cards.ts';
import { deploy } from '../support/deployment.ts';
import { hunt } from '../support/hunt.ts';
import { cardFrame, expect, merchantOf, openCard, tokenize } from '../support/merchant.ts';
import { PageServer } from '../support/page-server.ts';
import { RecordingProxy } from '../support/recording-proxy.ts';
import { test } from '@playwright/test';

const CARDS = 25;
/** Tokenizations under one controller document: more than nine, so that the attempt grows a digit. */
const PER_DOCUMENT = 18;
const PROXY = 5;

test(`shows a proxy ${CARDS} different cards as messages of one size, and nothing of them`, async ({
  page,
}) => {
  test.setTimeout(180_000);
  const deployment = await deploy({
    shop: false,
    env: (base) => ({ API_ORIGIN: `http://127.0.0.1:${base + PROXY}` }),
  });
  const proxy = new RecordingProxy(deployment.portBase + 2);
  const pages = new PageServer();
  try {
    await proxy.listen(deployment.portBase + PROXY);
    await pages.listen(deployment.portBase);
    const merchant = merchantOf(deployment, pages);
    await openCard(page, merchant.cardPage({ fields: ['number', 'expiry', 'cvc', 'name'] }));
    const cards = Array.from({ length: CARDS }, (_, index) => randomCard(index));
    const tokens = new Set<string>();
    for (const [index, card] of cards.entries()) {
      if (index > 0 && index % PER_DOCUMENT === 0) {
        await page.evaluate(() => Reflect.get(window, 'fresh')());
      }
      const frame = cardFrame(page);
      await frame.locator('[autocomplete=cc-number]').fill(card.number);
      await frame.locator('[autocomplete=cc-exp]').fill(card.expiry);
      await frame.locator('[autocomplete=cc-csc]').fill(card.cvc);
      await frame.locator('[autocomplete=cc-name]').fill(card.name);
      const { token, error } = await tokenize(page);
      expect(error, `card ${index}`).toBeUndefined();
      tokens.add(token?.id ?? '');
    }
    expect(tokens.size).toBe(CARDS);

    const exchanges = proxy.exchanges('POST /v1/tokenize');
    expect(exchanges).toHaveLength(CARDS);
    const sizes = (which: 'request' | 'response') => [
      ...new Set(exchanges.map((exchange) => exchange[which].bytes)),
    ];
    expect(sizes('request')).toHaveLength(1);
    expect(sizes('response')).toHaveLength(1);

    const { bytes } = proxy;
    for (const { number, name } of cards) {
      expect(hunt(bytes, number)).toStrictEqual([]);
      if (name.length > 4) expect(bytes.includes(name)).toBe(false);
    }
    for (const id of tokens) expect(bytes.includes(id)).toBe(false);
    for (const { response } of exchanges) {
      expect(response.body.toString()).toMatch(/^\{"v":1,"reply":"[\w-]+"\}$/);
    }
  } finally {
    await pages.close();
    await proxy.close();
    await deployment.dispose();
  }
});
