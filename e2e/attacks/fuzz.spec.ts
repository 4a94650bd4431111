import type { Page } from '@playwright/test';
import { attack, saw } from '../support/attack.ts';
import { canaryNumber, VISA } from '../support/cards.ts';
import { makeFuzzer, makeRandom, makeTrees } from '../support/fuzzer.ts';
import { hostileStrings } from '../support/hostile.ts';
import { watchIntrinsics } from '../support/intrinsics.ts';
import { expect, type Merchant, openCard, test, tokenize } from '../support/merchant.ts';
import { heardBy, leaks, type Line, type RawPorts, rawPrelude } from '../support/raw-port.ts';

/** The same messages in every run; HUSHFIELD_FUZZ_SEED gives others. */
const SEED = Number(process.env['HUSHFIELD_FUZZ_SEED'] ?? 20_261_124);

/** A person's, before they turn to another field. */
const PAUSE_MS = 500;

const METHODS = {
  field: ['configure', 'focus', 'blur', 'clear', 'setError', 'join'],
  controller: ['tokenize', 'abort'],
};

type Round = {
  readonly seed: number;
  readonly formed: number;
  readonly strings: readonly string[];
};
type Tally = { sent: number; answered: number; slowest: number; wrong: string[] };

/** Runs in the page: a controller and a field of its own that find each other. */
async function openPair(): Promise<string> {
  const raw: RawPorts = Reflect.get(window, 'raw');
  const controller = await raw.open('controller');
  const field = await raw.open('field', controller.sid);
  await raw.ask(field.calls, raw.configure, 10_000);
  Object.assign(window, { pair: [controller, field] });
  return field.sid;
}

/** Runs in the page: a burst with the 32 violations a line lives through, an honest call, then one more. */
async function burst(line: Line, round: Round & { methods: string[] }): Promise<Tally> {
  const raw: RawPorts = Reflect.get(window, 'raw');
  const [options] = raw.configure.argumentList;
  const fuzzer = makeFuzzer({ ...round, configure: options.value });
  const tally: Tally = { sent: 0, answered: 0, slowest: 0, wrong: [] };
  const waiting = new Map<string, number>();
  const refusal =
    /^\{"ok":(true(,"value":(true|false|\{"height":\d+,"title":"Secure card fields"\}|\{"ok":false,.*\}))?|false,"code":"refused")\}$/;
  line.calls.addEventListener('message', ({ data }) => {
    const sentAt = waiting.get(data?.id);
    if (sentAt === undefined) return tally.wrong.push(`answered ${String(data?.id).slice(0, 20)}`);
    waiting.delete(data.id);
    tally.answered += 1;
    tally.slowest = Math.max(tally.slowest, performance.now() - sentAt);
    const text = JSON.stringify(data.value);
    if (!refusal.test(text)) tally.wrong.push(`${data.id} got ${text.slice(0, 80)}`);
    return undefined;
  });
  const every = Math.ceil(round.formed / 32);
  for (let index = 0; index < round.formed; index += 1) {
    const id = `f${index}`;
    waiting.set(id, performance.now());
    line.calls.postMessage(fuzzer.formed(id));
    if (index % every === 0) line.calls.postMessage(fuzzer.broken(`b${index}`));
    if (index % 50 === 49) await new Promise((resolve) => setTimeout(resolve));
  }
  for (let spent = Math.ceil(round.formed / every); spent < 32; spent += 1) {
    line.calls.postMessage(fuzzer.broken(`s${spent}`));
  }
  // With the honest call and the last violation below.
  tally.sent = round.formed + 32 + 2;
  const until = performance.now() + 10_000;
  while (waiting.size > 0 && performance.now() < until) {
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  if (waiting.size > 0) tally.wrong.push(`${waiting.size} pending for ever`);
  const honest = {
    ...raw.configure,
    id: 'honest',
    path: [line.role === 'field' ? 'configure' : 'abort'],
  };
  if (line.role === 'controller') honest.argumentList = [] as never;
  waiting.set('honest', performance.now());
  if ((await raw.ask(line.calls, honest, 10_000)) === 'no answer') tally.wrong.push('line is dead');
  line.calls.postMessage(fuzzer.broken('last'));
  if ((await raw.ask(line.calls, { ...honest, id: 'closed' }, 150)) !== 'no answer') {
    tally.wrong.push('line outlived its budget');
  }
  return tally;
}

type SdkLines = { field: MessagePort; controller: MessagePort };

/** Runs in the page: finds out which of the SDK's ports is whose, by calls that each refuses. */
async function findSdkLines(): Promise<void> {
  const raw: RawPorts = Reflect.get(window, 'raw');
  const lines: Partial<SdkLines> = {};
  const argumentList = [{ type: 'RAW', value: 0 }];
  for (const port of raw.ports) {
    for (const [role, method] of [
      ['field', 'blur'],
      ['controller', 'abort'],
    ] as const) {
      const probe = { id: `probe-${role}`, type: 'APPLY', path: [method], argumentList };
      if ((await raw.ask(port, probe, 200)) !== 'no answer') lines[role] = port;
    }
  }
  Object.assign(window, { sdkLines: lines });
}

/** Runs in the page: the shopper's own lines get what is refused, and as many violations as they bear. */
function fuzzSdk({ seed, formed, strings, broken }: Round & { broken: number }): number {
  const raw: RawPorts = Reflect.get(window, 'raw');
  const lines: SdkLines = Reflect.get(window, 'sdkLines');
  const fields = { methods: ['focus', 'clear'], port: lines.field };
  const controllers = { methods: ['abort'], port: lines.controller };
  const [options] = raw.configure.argumentList;
  for (const { methods, port } of [fields, controllers]) {
    const fuzzer = makeFuzzer({ seed, strings, methods, configure: options.value });
    for (let index = 0; index < formed; index += 1) {
      const message = fuzzer.formed(`sdk-${index}`);
      const more = { type: 'RAW', value: index };
      port.postMessage({
        ...message,
        argumentList: [...(message['argumentList'] as unknown[]), more, more].slice(-4),
      });
    }
    for (let index = 0; index < broken; index += 1)
      port.postMessage(fuzzer.broken(`sdk-b${index}`));
  }
  return 2 * (formed + broken);
}

/** One round: digits in every frame, a shopper who types, and a burst on every line meanwhile. */
async function playRound(
  page: Page,
  number: string,
  round: Round & { broken: number },
): Promise<Tally> {
  const sid = await page.evaluate(openPair);
  const inputs = {
    mine: page.frameLocator(`iframe[name="raw-${sid}"]`),
    sdk: page.frameLocator('#card iframe'),
  };
  // Who leaves a frame within a blink of a digit looks robbed of focus, and is given it back.
  await page.waitForTimeout(PAUSE_MS);
  await inputs.mine.locator('[autocomplete=cc-number]').fill(number);
  await page.waitForTimeout(PAUSE_MS);
  const victim = inputs.sdk.locator('[autocomplete=cc-number]');
  await victim.fill('');
  await victim.click();
  const run = page.evaluate(
    async ([given, methods]) => {
      const raw: RawPorts = Reflect.get(window, 'raw');
      const pair: Line[] = Reflect.get(window, 'pair');
      const sdk = fuzzSdk(given);
      const tallies = await Promise.all(
        pair.map((line, at) =>
          burst(line, { ...given, seed: given.seed + at, methods: methods[line.role] }),
        ),
      );
      for (const line of pair) raw.shut(line);
      return { tallies, sdk };
    },
    [round, METHODS] as const,
  );
  await page.keyboard.type(number, { delay: 15 });
  const { tallies, sdk } = await run;
  await expect(victim).toHaveValue(number.replaceAll(/(.{4})(?=.)/g, '$1 '));
  return {
    sent: tallies.reduce((sum, { sent }) => sum + sent, sdk),
    answered: tallies.reduce((sum, { answered }) => sum + answered, 0),
    slowest: Math.max(...tallies.map(({ slowest }) => slowest)),
    wrong: tallies.flatMap(({ wrong }) => wrong),
  };
}

async function fuzz(page: Page, merchant: Merchant, rounds: number, formed: number): Promise<void> {
  const number = canaryNumber();
  const strings = hostileStrings();
  process.stdout.write(`fuzz seed ${SEED}\n`);
  const functions = [makeRandom, makeTrees, makeFuzzer, burst, fuzzSdk] as const;
  const crashes: unknown[] = [];
  page.on('crash', () => crashes.push('page'));
  page.on('pageerror', (error) => crashes.push(error.message));
  const frame = await openCard(
    page,
    merchant.cardPage({ prelude: rawPrelude(merchant, ...functions) }),
  );
  await expect.poll(() => page.evaluate(() => Reflect.get(window, 'raw').ports.length)).toBe(4);
  await page.evaluate(findSdkLines);
  const shoppers = page.frames().slice(1);
  const intrinsics = await watchIntrinsics(shoppers);
  const total: Tally = { sent: 0, answered: 0, slowest: 0, wrong: [] };
  for (let index = 0; index < rounds && total.wrong.length === 0; index += 1) {
    const broken = index === 0 ? 25 : 0;
    const tally = await playRound(page, number, {
      seed: SEED + 2 * index,
      formed,
      strings,
      broken,
    });
    total.sent += tally.sent;
    total.answered += tally.answered;
    total.slowest = Math.max(total.slowest, tally.slowest);
    total.wrong.push(...tally.wrong.map((what) => `round ${index}, seed ${SEED}: ${what}`));
  }
  expect(total.wrong).toStrictEqual([]);
  expect(crashes).toStrictEqual([]);
  expect(total.answered).toBeGreaterThanOrEqual(rounds * formed * 2);
  // The SDK's lines answer what is well formed too, and nothing else.
  const fromSdk = async () => (await heardBy(page)).match(/"id":"sdk-\d+"/g)?.length;
  await expect.poll(fromSdk, { timeout: 10_000 }).toBe(2 * rounds * formed);
  const text = await heardBy(page);
  expect(text).not.toContain('"id":"sdk-b');
  expect(leaks(text, number)).toStrictEqual([]);
  expect(await intrinsics.changes()).toStrictEqual([]);
  await frame.locator('[autocomplete=cc-exp]').fill(VISA.expiry);
  await frame.locator('[autocomplete=cc-csc]').fill(VISA.cvc);
  expect((await tokenize(page)).token?.id).toMatch(/^tok_test_/);

  // What is looked for would be seen: a leak in a message, a change of an intrinsic in a frame.
  expect(leaks(`${text} ${number.slice(3, 7)} ${number.slice(7, 11)}`, number)).not.toStrictEqual(
    [],
  );
  await shoppers[0]?.evaluate(() => Object.assign(URL.prototype, { number: '' }));
  expect(await intrinsics.changes()).toStrictEqual(['URL.number new']);
  const answered = total.answered + 2 * rounds * formed;
  saw(
    `seed ${SEED}: ${total.sent} messages, ${answered} answered (slowest ${Math.round(total.slowest)} ms), ${total.sent - answered} dropped; 0 of ${intrinsics.properties} properties changed; ${16 * rounds} digits typed meanwhile arrived`,
  );
}

test(
  'takes a short burst of fuzzed messages without a change, a leak or a lost key',
  attack(
    [1, 17],
    'seeded messages with mutated types, paths, ids and arguments on every port while a shopper types',
  ),
  async ({ page, merchant }) => {
    test.setTimeout(90_000);
    await fuzz(page, merchant, 2, 240);
  },
);

test(
  'takes 100,000 fuzzed messages without a change, a leak or a lost key',
  attack(
    [1, 17],
    '100,000 seeded messages with mutated types, paths, ids and arguments on every port while a shopper types',
    '@full',
  ),
  async ({ page, merchant }) => {
    test.setTimeout(1_200_000);
    await fuzz(page, merchant, 61, 400);
  },
);
