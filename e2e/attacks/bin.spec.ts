import type { Page } from '@playwright/test';
import { attack, saw } from '../support/attack.ts';
import { newSession, publishableKey } from '../support/backend.ts';
import { expect, type Merchant, openCard, test, tokenize, typeCard } from '../support/merchant.ts';
import { heardBy, type RawPorts, rawPrelude } from '../support/raw-port.ts';

/** Runs in the page: every option by which it could ask; the code that each was refused with. */
function askByOptions(): string[] {
  const group = Reflect.get(window, 'hushfield');
  const refusal = (make: () => unknown) => {
    try {
      make();
      return 'taken';
    } catch (error) {
      return (error as { code: string }).code;
    }
  };
  return [
    refusal(() => group.elements({ binDigits: 8 })),
    refusal(() => group.elements().create('card', { binDigits: 8 })),
    refusal(() => Reflect.get(window, 'card').update({ binDigits: 8 })),
  ];
}

/** Runs in the page: asks on the SDK's own lines, past its checks, what only the controller may say or nobody. */
function askByPorts(): number {
  const raw: RawPorts = Reflect.get(window, 'raw');
  const [configure] = raw.configure.argumentList;
  const asked = [
    ['showBin', 8],
    ['allow', null],
    ['configure', { ...Object(configure?.value), binDigits: 8 }],
    ['session', { binDigits: 8 }],
  ] as const;
  for (const port of raw.ports)
    for (const [path, value] of asked)
      port.postMessage({
        id: `bin-${path}`,
        type: 'APPLY',
        path: [path],
        argumentList: [{ type: 'RAW', value }],
      });
  return raw.ports.length * asked.length;
}

/** The claims of a session with eight digits in them, under the signature of before. */
function raised(session: string): string {
  const [claims = '', signature] = session.split('.');
  const said = JSON.parse(Buffer.from(claims, 'base64url').toString());
  const forged = Buffer.from(JSON.stringify({ ...said, binDigits: 8 })).toString('base64url');
  return `${forged}.${signature}`;
}

const codeOf = (page: Page, session: string) =>
  page.evaluate(async (text) => {
    const { error } = await Reflect.get(window, 'elements').tokenize({ session: text });
    return error?.code;
  }, session);

/** Of another page of the merchant's, genuine and with eight digits. */
async function foreign({ deployment }: Merchant): Promise<string> {
  const origins = ['https://other.example'];
  await publishableKey(deployment, { origins, binDigits: 8 });
  return (await newSession(deployment, { origins, binDigits: 8 })).session;
}

test(
  'tells a page nothing of a BIN, however it asks for more than its key shows',
  attack(
    [1, 16],
    'asks by options, on the SDK’s ports, by forged and foreign sessions, and by a genuine one of eight digits',
  ),
  async ({ page, merchant }) => {
    const { deployment, origin } = merchant;
    await openCard(page, merchant.cardPage({ prelude: rawPrelude(merchant) }));
    expect(await page.evaluate(askByOptions)).toStrictEqual(Array(3).fill('invalid_option'));
    const ports = () => page.evaluate(() => Reflect.get(window, 'raw').ports.length);
    await expect.poll(ports).toBe(4);
    const asked = await page.evaluate(askByPorts);
    await typeCard(page);
    const lower = await newSession(deployment, { origins: [origin], binDigits: 0 });
    expect(await codeOf(page, raised(lower.session))).toBe('invalid_session');
    const genuine = await newSession(deployment, { origins: [origin], binDigits: 8 });
    expect(await codeOf(page, await foreign(merchant))).toBe('origin_not_allowed');
    // Genuine, and of this page: a session may show less than the key, and no more.
    expect(await codeOf(page, genuine.session)).toBeUndefined();
    await typeCard(page);
    expect((await tokenize(page)).token?.id).toMatch(/^tok_test_/);
    const heard = await heardBy(page);
    expect(heard).toContain('"brand":"visa"');
    expect(heard).not.toContain('"bin"');
    saw(`${asked} raw calls, 3 options and 3 sessions: no BIN in ${heard.length} characters`);
  },
);
