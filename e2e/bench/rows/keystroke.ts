import { attachFrames } from '../browser/launch.ts';
import type { Bench } from '../bench.ts';
import { evaluate, type Session } from '../browser/cdp.ts';
import type { Family, Row } from '../row.ts';
import { median, p95, summary } from '../stats.ts';
import {
  click,
  eraseAll,
  findInputs,
  pressDigit,
  proveTypeable,
  valueOf,
} from '../browser/typing.ts';
import { during, visit } from '../browser/visit.ts';

const SLOWDOWN = 4;
const NUMBER = '4242424242424242';
/** A quick typist; slower would only give the machine more rest between keys. */
const PAUSE_MS = 90;

const rest = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** From the key's own time stamp to one task after the next frame's callbacks, in the frame. */
const listenForKeys = () => {
  const times: number[] = [];
  Object.assign(globalThis, { benchKeys: times });
  const onKey = ({ timeStamp, key }: KeyboardEvent) => {
    if (!/^\d$/.test(key)) return;
    requestAnimationFrame(() => {
      const { port1, port2 } = new MessageChannel();
      port1.addEventListener('message', () => times.push(performance.now() - timeStamp));
      port1.start();
      port2.postMessage(0);
    });
  };
  document.addEventListener('keydown', onKey, { capture: true });
};

async function throttle(sessions: readonly Session[], rate: number): Promise<void> {
  for (const session of sessions) await session.send('Emulation.setCPUThrottlingRate', { rate });
}

/** Types card numbers into the first input of a page with three frames; gives one time per key. */
async function typeNumbers(bench: Bench, path: string, numbers: number): Promise<number[]> {
  const { shop } = await bench.stage();
  const visited = await visit(bench.browser, `${shop}${path}`);
  return during(visited, async ({ page }) => {
    const frames = await attachFrames(page);
    await proveTypeable(page, frames, 3);
    // The controller comes last; its load is not a keystroke.
    await rest(500);
    const [first] = await findInputs(page, frames);
    if (!first) throw new Error('there is no input');
    await evaluate(first.frame, listenForKeys);
    await throttle([page, ...frames], SLOWDOWN);
    for (let typed = 0; typed < numbers; typed += 1) {
      await click(page, first);
      await eraseAll(page);
      await rest(4 * PAUSE_MS);
      for (const digit of NUMBER) {
        await pressDigit(page, digit);
        await rest(PAUSE_MS);
      }
      const value = (await valueOf(first)).replaceAll(/\D/g, '');
      if (value !== NUMBER) throw new Error(`the keys became ${value.length} digits`);
    }
    await rest(4 * PAUSE_MS);
    const times = await evaluate(
      first.frame,
      () => Reflect.get(globalThis, 'benchKeys') as number[],
    );
    if (times.length !== numbers * NUMBER.length) throw new Error('a key was not timed');
    return times;
  });
}

async function measure(bench: Bench): Promise<readonly Row[]> {
  const floor: number[] = [];
  const ours: number[] = [];
  // Two numbers a page: the second is typed by code that has run before, as with a corrected typo.
  for (let round = 0; round < bench.repeat(4); round += 1) {
    floor.push(...(await typeNumbers(bench, '/three-bare', 2)));
    ours.push(...(await typeNumbers(bench, '/separate', 2)));
  }
  const middle = `p50 ${median(floor).toFixed(1)} ms bare, ${median(ours).toFixed(1)} ms ours`;
  return [
    {
      name: 'keystroke to frame, p95, 4× CPU',
      unit: 'ms',
      floor: p95(floor),
      ours: p95(ours),
      judge: 'ratio',
      budget: { max: 1.6 },
      notes: [middle],
      detail: { floor: summary(floor), ours: summary(ours) },
    },
  ];
}

export const keystroke: Family<Bench> = { name: 'keystroke', measure };
