import { randomBytes } from 'node:crypto';
import { expect, type Page, type PlaywrightWorkerArgs, test } from '@playwright/test';
import { attack, saw } from '../support/attack.ts';
import { canaryNumber } from '../support/cards.ts';
import { type Control, makeControl } from '../support/hunt-control.ts';
import { CORE, FULL } from '../support/hunted-journeys.ts';
import type { Journey } from '../support/hunted-visit.ts';
import { holdsCode, Hunter, formsOf } from '../support/hunt.ts';
import { type Evidence, type GroundOptions, HuntingGround } from '../support/hunting-ground.ts';
import { sendMalformed } from '../support/malformed.ts';

const SERVER = process.env['HUSHFIELD_TEST_PG'];

type Launch = { playwright: PlaywrightWorkerArgs['playwright']; browserName: string };

/** Leaves a number by the ways that a leak would take, where there is such a way. */
async function leak({ page, deployment, api }: HuntingGround, number: string): Promise<void> {
  await page.goto(deployment.shopOrigin);
  await page.evaluate(async (digits) => {
    localStorage.setItem('leaked', digits);
    sessionStorage.setItem('leaked', digits);
    document.body.dataset['leaked'] = digits;
    window.postMessage({ leaked: digits }, location.origin);
    await fetch('/orders', { method: 'POST', body: JSON.stringify({ token: digits }) });
  }, number);
  await post(page, deployment.apiOrigin, number);
  await expect.poll(() => api.bytes.includes(number)).toBe(true);
}

/** Where a real leak must show. Over BiDi a driver is told no request's body: there the wires stand for it. */
function leakedInto(engine: string): readonly string[] {
  return ['api wire', 'page', 'profile', ...(engine === 'chromium' ? ['bodies'] : [])];
}

async function post(page: Page, api: string, number: string): Promise<void> {
  await page.request.post(`${api}/v1/tokenize`, { data: { number } }).catch(() => undefined);
}

/** Nothing of a shopper's anywhere, and all of the control everywhere. */
function search({ haystacks }: Evidence, ground: HuntingGround, control: Control, leaked: string) {
  const hunter = new Hunter(
    new Map([...ground.secrets, ...control.secrets, ['leaked', formsOf(leaked)]]),
  );
  const seen = new Map<string, string[]>();
  for (const [name, pieces] of haystacks) {
    const found = new Set(pieces.flatMap((piece) => [...hunter.in(piece)]));
    const missed = control.expected.filter((one) => !found.has(one));
    expect(missed, `forms of the control that were not found in ${name}`).toStrictEqual([]);
    if (leakedInto(ground.engine).includes(name)) {
      expect([...found].join(), `a real leak in ${name}`).toContain('leaked: raw plain');
    }
    const typed = [...found].filter((one) => isOf(ground.secrets, one));
    seen.set(
      name,
      // A browser remembers names for whoever owns it, and offers them again: its doing, not ours.
      name === 'profile' ? typed.filter((one) => !one.includes(' name: ')) : typed,
    );
  }
  const nowhere = [...haystacks.keys()].map((name) => [name, []]);
  expect([...seen], 'what shoppers typed, by place').toStrictEqual(nowhere);
  return [...haystacks].map(([name, pieces]) => {
    const bytes = pieces.reduce((sum, { length }) => sum + length, 0);
    return `${name} ${(bytes / 1e6).toFixed(1)} MB`;
  });
}

const isOf = (secrets: ReadonlyMap<string, unknown>, found: string) =>
  secrets.has(found.slice(0, found.indexOf(': ')));

const TEXTS = ['bodies', 'api wire', 'fields wire', 'page', 'logs', 'answers', 'endpoints'];

/** Codes are too short to look for among bytes: they are looked for as words of their own. */
function searchCodes({ haystacks, columns, sessions }: Evidence, codes: readonly string[]): void {
  const texts = new Map([
    ...TEXTS.map((name): [string, string] => [
      name,
      // Without the control, whose digits are its own.
      haystacks.get(name)?.[0]?.toString('latin1') ?? '',
    ]),
    ['sessions', sessions.join('\n')],
  ]);
  for (const code of codes) {
    const holders = columns.filter(({ text }) => holdsCode(text, code));
    expect(holders.map(({ column }) => column)).toStrictEqual([]);
    for (const [name, text] of texts) {
      expect(text.length, name).toBeGreaterThan(0);
      expect(holdsCode(text, code), `a security code in ${name}`).toBe(false);
      expect(holdsCode(`${text},"${code}"`, code), `the control in ${name}`).toBe(true);
    }
  }
}

async function huntDown(
  { playwright, browserName }: Launch,
  journeys: readonly Journey[],
  options: Omit<GroundOptions, 'browser' | 'launch'> = {},
): Promise<void> {
  const browser = browserName === 'firefox' ? playwright.firefox : playwright.chromium;
  const launch = test.info().project.use.launchOptions ?? {};
  const { channel } = test.info().project.use;
  const ground = await HuntingGround.open({
    browser,
    launch: { ...launch, ...(channel === undefined ? {} : { channel }) },
    ...options,
  });
  try {
    for (const journey of journeys) {
      await test.step(journey.name, () => journey(ground));
    }
    const answers = await test.step('malformed', () => sendMalformed(ground));
    expect(answers).toBeGreaterThan(100);
    expect(ground.witness.received).toBeGreaterThan(30);
    const leaked = canaryNumber();
    await leak(ground, leaked);
    const control = makeControl();
    const evidence = await test.step('gather', () => ground.gather(control));
    // What must be there, or the hunt looked into the wrong database.
    const cards = evidence.columns.filter(({ column }) => column === 'cards.envelope');
    expect(cards.length).toBeGreaterThan(2);
    const sizes = await test.step('search', async () => search(evidence, ground, control, leaked));
    await test.step('codes', async () => searchCodes(evidence, ground.codes));
    saw(
      `${ground.secrets.size} secrets and ${ground.codes.length} codes: 0 found in ${sizes.join(', ')}; ` +
        `the control found in ${control.expected.length} forms in each; ${cards.length} tokens made, ${answers} malformed requests answered`,
    );
  } finally {
    await ground.close();
  }
}

const WAYS = 'types unique cards through journeys, failures, crashes and malformed requests, then';
const WHERE =
  'searches database, WAL, logs, temp files, browser profile, HTTP and page for any form';

test(
  'leaves a card nowhere, and a security code in no column, log, body or session file',
  attack([17, 12, 18, 22, 28], `${WAYS} ${WHERE}`, '@chromium'),
  async ({ playwright, browserName }) => {
    test.setTimeout(180_000);
    await huntDown({ playwright, browserName }, CORE);
  },
);

test(
  'leaves a card nowhere through every failure that could be made',
  attack([17, 12, 18, 22, 28], `${WAYS} ${WHERE}; all failures`, '@full'),
  async ({ playwright, browserName }) => {
    test.setTimeout(900_000);
    await huntDown({ playwright, browserName }, FULL, { ticketSeconds: 10 });
  },
);

test(
  'leaves a card nowhere in a PostgreSQL data directory (where HUSHFIELD_TEST_PG names a server)',
  attack([17, 28], `${WAYS} searches the whole data directory of PostgreSQL and its WAL`, '@full'),
  async ({ playwright, browserName }) => {
    test.skip(SERVER === undefined, 'HUSHFIELD_TEST_PG names no server');
    test.setTimeout(900_000);
    await huntDown({ playwright, browserName }, CORE, { server: SERVER ?? '' });
  },
);

test('finds a number in every form and every wrapping it hunts for, wherever it lies', () => {
  const control = makeControl();
  const hunter = new Hunter(control.secrets);
  for (const [before, after] of [
    [0, 0],
    [4_097, 1],
    [300_001, 300_003],
  ] as const) {
    const hay = Buffer.concat([randomBytes(before), control.bytes, randomBytes(after)]);
    expect([...hunter.in(hay)]).toStrictEqual(expect.arrayContaining([...control.expected]));
  }
  expect([...hunter.in(randomBytes(1_000_000))]).toStrictEqual([]);
});
