import { weigh } from '../../../.workshop/budgets.ts';
import type { Bench } from '../bench.ts';
import type { Family } from '../row.ts';

/** What a shopper downloads, brotli 11; `npm run check` holds the same budgets. */
export const sizes: Family<Bench> = {
  name: 'sizes',
  measure: async () =>
    weigh().map(({ name, bytes, budget }) => ({
      name: `${name}, brotli`,
      unit: 'kB',
      ours: bytes / 1_000,
      judge: 'ours',
      budget: { max: budget / 1_000 },
    })),
};
