import type { ElementsOptions } from './types.ts';

/** What the frames of one group have in common. */
export type Group = {
  readonly fieldsOrigin: string;
  readonly key: string;
  readonly sid: string;
  readonly options: ElementsOptions;
};
