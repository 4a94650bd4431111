import { brandRule } from '@hushfield/card';
import type { FieldOptions } from '@hushfield/contract/frame';
import { h } from 'preact';
import { loadPinned } from '../boot/load-pinned.ts';
import type * as More from '../more/chunk.ts';
import { cardRules } from './card-rules.ts';
import { cardView } from './card-view.tsx';
import { FieldInput, type Kit } from './field-input.tsx';
import { Networks } from './networks.ts';

/**
 * The inputs of a card.
 *
 * @param shown - what the page has asked for last.
 */
export function cardKit(shown: () => FieldOptions | undefined): Kit {
  let more: typeof More | undefined;
  const load = async () => {
    more = (await loadPinned('more')) as typeof More;
  };
  const networks = new Networks(
    () => shown()?.preferredNetworks,
    () => more !== undefined,
  );
  let binDigits = 0;
  return {
    rules: cardRules(networks, () => binDigits),
    view: {
      ...cardView,
      below: (props) => more?.networkChoice(h, props, networks, brandRule),
      instead: (props) => more?.splitExpiry(h, props, FieldInput),
    },
    allow: (brands) => networks.allow(brands),
    showBin: (digits) => {
      binDigits = digits;
    },
    prepare: async ({ split }) => split && load(),
    tend(model, failed) {
      let asked: Promise<void> | undefined;
      model.onChange(() => {
        // Whatever is typed: which cards have a choice is nobody's to learn from what is fetched.
        if (model.text('number'))
          asked ??= load()
            .catch(load)
            .then(() => model.changed(), failed);
      });
    },
  };
}
