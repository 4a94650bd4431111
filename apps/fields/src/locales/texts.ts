import type { FieldTexts, SHOPPER_CODES } from '@hushfield/contract/boot';
import type { VALIDATION_CODES } from '@hushfield/contract/errors';
import type { FieldName } from '@hushfield/contract/frame';

/** One language, whole: a sentence that is missing does not compile. */
export type Texts = {
  readonly wholeTitle: FieldTexts['wholeTitle'];
  readonly partTitle: FieldTexts['partTitle'];
  readonly labels: Readonly<Record<FieldName, string>>;
  readonly expiryHint: string;
  readonly messages: Readonly<Record<(typeof VALIDATION_CODES)[number], string>>;
  readonly failures: Readonly<Record<(typeof SHOPPER_CODES)[number], string>>;
  readonly locked: FieldTexts['locked'];
  readonly copy: string;
  readonly copied: string;
  /** In the place of what is not shown any more, or not yet. */
  readonly hidden: string;
};
