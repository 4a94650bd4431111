import type { CollectedToken, ElementEvents, HushfieldErrorShape, Token } from '@hushfield/sdk';
import type { HushfieldFieldElement } from './field-element.ts';
import type { HushfieldGroupElement } from './group-element.ts';
import type { Tag } from './tags.ts';

export type { HushfieldFieldElement } from './field-element.ts';
export type { HushfieldGroupElement } from './group-element.ts';
export { registerHushfieldElements } from './register-elements.ts';

type FieldTags = {
  [T in Tag as `hushfield-${T}`]: HushfieldFieldElement;
};

type Events = {
  [E in keyof ElementEvents as `hushfield:${E}`]: CustomEvent<ElementEvents[E]>;
} & {
  'hushfield:token': CustomEvent<{ token: Token | CollectedToken }>;
  'hushfield:error': CustomEvent<{ error: HushfieldErrorShape }>;
};

declare global {
  interface HTMLElementTagNameMap extends FieldTags {
    'hushfield-group': HushfieldGroupElement;
  }
  interface HTMLElementEventMap extends Events {}
}
