import type { ElementType } from '@hushfield/sdk';
import { HushfieldFieldElement } from './field-element.ts';
import { HushfieldGroupElement } from './group-element.ts';
import { TYPES, tagOf } from './tags.ts';

/**
 * Defines `<hushfield-group>`, `<hushfield-card>` and the others. What is defined already stays; on a server
 * nothing happens.
 *
 * @param options.prefix - what the names begin with instead of `hushfield`.
 */
export function registerHushfieldElements({
  prefix = 'hushfield',
}: {
  prefix?: string;
} = {}): void {
  if (!globalThis.customElements) return;
  // The group first: fields look for it when they are upgraded. Each name needs a class of its own.
  define(`${prefix}-group`, class extends HushfieldGroupElement {});
  for (const type of TYPES) {
    define(
      `${prefix}-${tagOf(type)}`,
      class extends HushfieldFieldElement {
        static override readonly type: ElementType = type;
      },
    );
  }
}

function define(name: string, element: CustomElementConstructor): void {
  if (!customElements.get(name)) customElements.define(name, element);
}
