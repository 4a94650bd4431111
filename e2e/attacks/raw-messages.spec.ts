import type { Page } from '@playwright/test';
import { attack, saw } from '../support/attack.ts';
import { canaryNumber, VISA } from '../support/cards.ts';
import { forgedMessages, hostileValues } from '../support/hostile.ts';
import { watchIntrinsics } from '../support/intrinsics.ts';
import { expect, openCard, test, tokenize } from '../support/merchant.ts';
import { heardBy, leaks, type RawPorts, rawPrelude } from '../support/raw-port.ts';

const ROLES = ['field', 'controller'] as const;

/** A port closes at the 33rd violation; the honest call before that shows that the line was alive. */
const PER_LINE = 30;

/** What the page has made of one kind of message. */
type Tally = {
  sent: number;
  unclonable: number;
  callbacks: number;
  lines: number;
  wrong: string[];
};

/** Runs in the page: every forged message over ports it got by hand; nothing may come back. */
async function sendForgeries([role, perLine]: [(typeof ROLES)[number], number]): Promise<Tally> {
  const raw: RawPorts = Reflect.get(window, 'raw');
  const forge: typeof forgedMessages = Reflect.get(window, 'forgedMessages');
  const honest =
    role === 'field'
      ? raw.configure
      : { id: 'abort', type: 'APPLY', path: ['abort'], argumentList: [] };
  const tally: Tally = { sent: 0, unclonable: 0, callbacks: 0, lines: 0, wrong: [] };
  const callback = () => {
    const { port1, port2 } = new raw.Channel();
    port1.onmessage = () => (tally.callbacks += 1);
    return port2;
  };
  const all = forge(role === 'field' ? 'join' : 'abort', callback);
  while (all.length > 0) {
    const line = await raw.open(role);
    tally.lines += 1;
    const said: string[] = [];
    line.calls.addEventListener('message', ({ data }) => said.push(String(data?.id)));
    const batch = all.splice(0, perLine);
    for (const [what, message, transfer = []] of batch) {
      try {
        line.calls.postMessage(message, transfer);
        if (transfer.length === 0) line.events.postMessage(message);
        tally.sent += 1;
      } catch {
        tally.unclonable += 1;
        tally.wrong.push(`cannot be sent: ${what}`);
      }
    }
    const answer = JSON.stringify(await raw.ask(line.calls, honest, 10_000));
    if (!answer.startsWith('{"ok":true')) tally.wrong.push(`line dead after ${batch[0]?.[0]}`);
    if (said.length !== 1)
      tally.wrong.push(`answered: ${said.join()} of ${batch.map(([what]) => what).join()}`);
    raw.shut(line);
  }
  return tally;
}

const EMPTY = ['focus', 'clear'].flatMap((method) => [`${method} /x/`, `${method} ArrayBuffer`]);

type Refusals = {
  sent: number;
  refused: number;
  unclonable: string[];
  asEmpty: string[];
  slowest: number;
  wrong: string[];
};

/** Runs in the page: declared methods with arguments that none declares; each is refused, with no word more. */
async function sendValues(methods: Record<(typeof ROLES)[number], string[]>): Promise<Refusals> {
  const raw: RawPorts = Reflect.get(window, 'raw');
  const values: typeof hostileValues = Reflect.get(window, 'hostileValues');
  const out: Refusals = { sent: 0, refused: 0, unclonable: [], asEmpty: [], slowest: 0, wrong: [] };
  const judge = (id: string, answer: unknown, keyless: boolean) => {
    const text = JSON.stringify(answer);
    if (text === '{"ok":false,"code":"refused"}') out.refused += 1;
    else if (keyless && text.startsWith('{"ok":true')) out.asEmpty.push(id);
    else out.wrong.push(`${id}: ${text}`);
  };
  for (const role of ['field', 'controller'] as const) {
    const line = await raw.open(role);
    for (const method of methods[role]) {
      for (const [what, value, transfer = []] of values()) {
        // The heavy ones to one method with options and one with a text each.
        if (/MB|elements$|keys$/.test(what) && /focus|blur|clear|join|abort/.test(method)) continue;
        const id = `${method} ${what}`.slice(0, 60);
        const call = { id, type: 'APPLY', path: [method], argumentList: [{ type: 'RAW', value }] };
        const keyless = value instanceof RegExp || value instanceof ArrayBuffer;
        const start = performance.now();
        try {
          judge(id, await raw.ask(line.calls, call, 10_000, transfer), keyless);
          out.sent += 1;
        } catch {
          out.unclonable.push(id);
        }
        out.slowest = Math.max(out.slowest, performance.now() - start);
      }
    }
    raw.shut(line);
  }
  return out;
}

async function openHostile(page: Page, merchant: Parameters<typeof rawPrelude>[0], number: string) {
  const prelude = rawPrelude(merchant, forgedMessages, hostileValues);
  const frame = await openCard(page, merchant.cardPage({ prelude }));
  await frame.locator('[autocomplete=cc-number]').fill(number);
  await frame.locator('[autocomplete=cc-exp]').fill(VISA.expiry);
  await frame.locator('[autocomplete=cc-csc]').fill(VISA.cvc);
  await expect.poll(() => page.evaluate(() => Reflect.get(window, 'raw').ports.length)).toBe(4);
  return frame;
}

test(
  'obeys no forged message on any port, and stays whole',
  attack(
    [1, 17],
    'what Comlink would obey, over the SDK’s ports and over ports the page got by its own handshake',
  ),
  async ({ page, merchant }) => {
    test.setTimeout(90_000);
    const number = canaryNumber();
    await openHostile(page, merchant, number);
    const intrinsics = await watchIntrinsics(page.frames());
    // The SDK's own lines first: what they are sent must not cost the shopper the payment.
    const sdk = await page.evaluate((most) => {
      const raw: RawPorts = Reflect.get(window, 'raw');
      const forge: typeof forgedMessages = Reflect.get(window, 'forgedMessages');
      const called: unknown[] = [];
      let sent = 0;
      for (const port of raw.ports) {
        const callback = () => {
          const { port1, port2 } = new raw.Channel();
          port1.onmessage = ({ data }) => called.push(data);
          return port2;
        };
        for (const [, message, transfer = []] of forge('constructor', callback).slice(0, most)) {
          port.postMessage(message, transfer);
          sent += 1;
        }
      }
      return { sent, called };
    }, PER_LINE);
    const tallies: Tally[] = [];
    for (const role of ROLES)
      tallies.push(await page.evaluate(sendForgeries, [role, PER_LINE] as never));
    expect(tallies.flatMap(({ wrong }) => wrong)).toStrictEqual([]);
    expect(tallies.map(({ callbacks }) => callbacks)).toStrictEqual([0, 0]);
    expect(sdk.called).toStrictEqual([]);
    const words = await heardBy(page);
    expect(leaks(words, number)).toStrictEqual([]);
    expect(words).not.toMatch(/stack|=>|at http|\.js\b/);
    expect(await intrinsics.changes()).toStrictEqual([]);
    expect((await tokenize(page)).token?.id).toMatch(/^tok_test_/);
    const sent = tallies.reduce((sum, tally) => sum + tally.sent, sdk.sent);
    const lines = tallies.reduce((sum, tally) => sum + tally.lines, 0);
    saw(
      `${sent} forged messages on ${lines} lines of its own and the SDK's 4 ports: 0 answers, 0 callbacks, 0 of ${intrinsics.properties} properties changed`,
    );
  },
);

test(
  'refuses hostile arguments with one word',
  attack(
    [1, 17],
    'cycles, 10 MB texts, 10,000 levels, sparse lists and inherited names as arguments of every method',
  ),
  async ({ page, merchant }) => {
    test.setTimeout(90_000);
    const number = canaryNumber();
    await openHostile(page, merchant, number);
    const intrinsics = await watchIntrinsics(page.frames());
    const methods = {
      field: ['configure', 'focus', 'blur', 'clear', 'setError', 'join'],
      controller: ['tokenize', 'collectCode', 'abort'],
    };
    const out = await page.evaluate(sendValues, methods);
    expect(out.wrong).toStrictEqual([]);
    // What has no keys of its own is an object without options, and no more than that.
    expect(out.asEmpty).toStrictEqual(EMPTY);
    expect(out.unclonable.every((id) => id.endsWith('chain of 10,000'))).toBe(true);
    expect(leaks(await heardBy(page), number)).toStrictEqual([]);
    expect(await intrinsics.changes()).toStrictEqual([]);
    expect((await tokenize(page)).token?.id).toMatch(/^tok_test_/);
    saw(
      `${out.refused} of ${out.sent} calls refused; the slowest took ${Math.round(out.slowest)} ms`,
    );
  },
);
