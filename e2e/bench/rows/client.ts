import { attachFrames } from '../browser/launch.ts';
import type { Bench } from '../bench.ts';
import { evaluate, type Session } from '../browser/cdp.ts';
import type { Family, Row } from '../row.ts';
import { sealRequests } from '../workers/sealed.ts';
import type { Stage } from '../stage/stage.ts';
import { median, summary } from '../stats.ts';
import {
  click,
  eraseAll,
  type FrameInput,
  findInputs,
  proveTypeable,
  valueOf,
} from '../browser/typing.ts';
import { during, visit } from '../browser/visit.ts';

/*
 * A stub cannot stand in for the vault here: its answer is sealed under a key that only the holder of
 * the receive key has. So both sides talk to the same running vault and make it do the same work:
 * the floor posts bodies that were sealed beforehand, from the controller's own document.
 */
const VALUES = ['4242424242424242', '1230', '123'];
/** Fewer than a ticket's attempts. */
const PER_PAGE = 15;
/** Longer than the tick on which fields report: a shopper's hand takes longer to the button. */
const PAUSE_MS = 200;

const rest = () => new Promise((resolve) => setTimeout(resolve, PAUSE_MS));

type Sample = { readonly whole: number; readonly request: number };

/** The same request as the controller's, awaited in the same way. */
const bareFetch = async (api: string, body: string): Promise<Sample> => {
  performance.clearResourceTimings();
  const from = performance.now();
  const response = await fetch(`${api}/v1/tokenize`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body,
    credentials: 'omit',
  });
  await response.json();
  const whole = performance.now() - from;
  if (!response.ok) throw new Error(`answered ${response.status}`);
  return { whole, request: performance.getEntriesByType('resource').at(-1)?.duration ?? 0 };
};

const wholeTokenize = async (): Promise<number> => {
  const from = performance.now();
  const { token, error } = await checkout.tokenize();
  const whole = performance.now() - from;
  if (!token) throw new Error(`no token: ${error?.code}`);
  return whole;
};
/** Of the page. */
declare const checkout: { tokenize(): Promise<{ token?: object; error?: { code: string } }> };

const lastRequest = () => {
  const requests = performance.getEntriesByType('resource');
  const posts = requests.filter(({ name }) => name.endsWith('/v1/tokenize'));
  return posts.at(-1)?.duration ?? 0;
};

const digits = (text: string) => text.replaceAll(/\D/g, '');

/** Puts the card in; again where an input was still moving away from under the click. */
async function fill(page: Session, inputs: readonly FrameInput[]): Promise<void> {
  for (const [index, input] of inputs.entries()) {
    const value = VALUES[index] ?? '';
    for (let tries = 0; digits(await valueOf(input)) !== value; tries += 1) {
      if (tries === 5) throw new Error(`input ${index} does not take its value`);
      await click(page, input);
      await eraseAll(page);
      await page.send('Input.insertText', { text: value });
    }
  }
}

/** The frame that has the network, known by its address. */
async function controllerOf(frames: readonly Session[]): Promise<Session> {
  for (let tries = 0; tries < 100; tries += 1) {
    for (const frame of frames) {
      const path = await evaluate(frame, () => location.pathname).catch(() => '');
      if (path.endsWith('/controller')) return frame;
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error('the controller did not come');
}

async function samplesOfPage(bench: Bench, stage: Stage, bodies: readonly string[]) {
  const visited = await visit(bench.browser, `${stage.shop}/separate`);
  return during(visited, async ({ page }) => {
    const frames = await attachFrames(page);
    await proveTypeable(page, frames, VALUES.length);
    const inputs = await findInputs(page, frames);
    const controller = await controllerOf(frames);
    const floor: Sample[] = [];
    const ours: Sample[] = [];
    for (const body of bodies) {
      await fill(page, inputs);
      await rest();
      const whole = await evaluate(page, wholeTokenize);
      ours.push({ whole, request: await evaluate(controller, lastRequest) });
      await rest();
      floor.push(await evaluate(controller, bareFetch, stage.vault.api, body));
    }
    return { floor, ours };
  });
}

const times = (samples: readonly Sample[]) => samples.map(({ whole }) => whole);
/** What is not spent in the request itself. */
const aside = (samples: readonly Sample[]) => samples.map(({ whole, request }) => whole - request);

async function measure(bench: Bench): Promise<readonly Row[]> {
  const stage = await bench.stage();
  const place = { ...stage.vault, shop: stage.shop };
  const floor: Sample[] = [];
  const ours: Sample[] = [];
  const first: number[] = [];
  for (let page = 0; page < bench.repeat(4); page += 1) {
    const bodies = (await sealRequests(place, PER_PAGE)).map(({ body }) => body);
    const samples = await samplesOfPage(bench, stage, bodies);
    first.push(samples.ours[0]?.whole ?? Number.NaN);
    floor.push(...samples.floor.slice(1));
    ours.push(...samples.ours.slice(1));
  }
  const own = median(aside(ours)) - median(aside(floor));
  return [
    {
      name: 'client side of tokenize, p50',
      unit: 'ms',
      floor: median(times(floor)),
      ours: median(times(ours)),
      judge: 'difference',
      budget: { max: 2 },
      notes: [
        `outside the request itself ${own.toFixed(2)} ms more than a bare fetch; first on a page ${median(first).toFixed(1)} ms`,
      ],
      detail: { floor: summary(times(floor)), ours: summary(times(ours)), first: summary(first) },
    },
  ];
}

export const client: Family<Bench> = { name: 'client', measure };
