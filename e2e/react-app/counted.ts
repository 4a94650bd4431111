import type { ElementOptions, Hushfield } from '@hushfield/sdk';

/** What the adapter has asked the SDK for. */
export const asked = { groups: 0, elements: 0, updates: [] as ElementOptions[] };

/** The instance itself, whose books are kept. */
export function counted(real: Hushfield): Hushfield {
  return {
    elements(options) {
      asked.groups += 1;
      const group = real.elements(options);
      const create = group.create.bind(group);
      group.create = (type, own) => {
        asked.elements += 1;
        const element = create(type, own);
        const update = element.update.bind(element);
        element.update = (options) => {
          asked.updates.push(options);
          update(options);
        };
        return element;
      };
      return group;
    },
  };
}
