import type { brandRule } from '@hushfield/card';
import type { Brand } from '@hushfield/contract/frame';
import type { ComponentChild, h as Make } from 'preact';
import type { InputProps } from '../field/field-input.tsx';
import type { Networks } from '../field/networks.ts';
import { payWith } from './words.ts';

/**
 * Below a number: the networks of a co-badged card to choose from, as radio buttons, since the browser's own know
 * the keyboard and every screen reader. They come when a number is done, and the shopper may be in the next input
 * by then; so a live region, which is there before them, says that they have come.
 *
 * @param h - of the document, which has Preact already.
 * @param ruleOf - of its brands, likewise.
 */
export function networkChoice(
  h: typeof Make,
  props: InputProps,
  terms: Networks,
  ruleOf: typeof brandRule,
): ComponentChild {
  if (props.name !== 'number') return null;
  const { networks, network: chosen } = props.model.observe();
  const offered = terms.offered(networks);
  const legend = payWith(props.texts.locale);
  const names = offered.map((network) => ruleOf(network).label).join(', ');
  const radios = offered.map((network) =>
    h(
      'label',
      { key: network, class: network === chosen ? 'chosen' : '' },
      h('input', radio(props, network, chosen)),
      ruleOf(network).label,
    ),
  );
  return h(
    'div',
    { id: 'networks', class: names && 'offered' },
    // Not a status: that is what the element has one of, for what is wrong.
    h('p', { class: 'said', 'aria-live': 'polite' }, names && `${legend}: ${names}`),
    names &&
      h(
        'div',
        { role: 'radiogroup', 'aria-labelledby': 'networks-label' },
        h('span', { id: 'networks-label' }, legend),
        radios,
      ),
  );
}

function radio({ name, model, options, events }: InputProps, network: Brand, chosen?: Brand) {
  return {
    type: 'radio',
    name: 'network',
    value: network,
    checked: network === chosen,
    disabled: options.disabled || model.locked,
    onChange: () => model.pick(name, network),
    onKeyDown({ key }: KeyboardEvent) {
      if (key === 'Enter' || key === 'Escape') events.pressed(name, key);
    },
  };
}
