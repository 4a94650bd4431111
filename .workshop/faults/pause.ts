import { randomInt } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';

export const pause = (ms: number): Promise<void> => sleep(ms);

/** For a time that nobody can foretell. */
export const pauseBetween = (least: number, most: number): Promise<void> =>
  sleep(randomInt(Math.round(least), Math.max(Math.round(most), Math.round(least) + 1)));
