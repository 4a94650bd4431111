import { fillCard, fillField } from '@hushfield/testing/playwright';
import type { FrameLocator, Locator, Page } from '@playwright/test';
import type { Card } from './cards.ts';

const AUTOCOMPLETE = {
  number: 'cc-number',
  expiry: 'cc-exp',
  cvc: 'cc-csc',
  name: 'cc-name',
} as const;
export type Field = keyof typeof AUTOCOMPLETE;

const SEPARATE = {
  number: 'Secure field: Card number',
  expiry: 'Secure field: Expiry date',
  cvc: 'Secure field: Security code',
} as const;

/** A person at the shop's checkout: sees frames by their titles and inputs by their purpose. */
export class Shopper {
  readonly page: Page;
  readonly #layout: 'card' | 'separate';

  constructor(page: Page, layout: 'card' | 'separate' = 'card') {
    this.page = page;
    this.#layout = layout;
  }

  get payButton(): Locator {
    return this.page.locator('button[type=submit]');
  }

  get alert(): Locator {
    return this.page.getByRole('alert');
  }

  get token(): Locator {
    return this.page.getByTestId('token');
  }

  frame(field: Field): FrameLocator {
    const title = this.#layout === 'separate' && field !== 'name' ? SEPARATE[field] : undefined;
    return this.page.frameLocator(`iframe[title="${title ?? 'Secure card fields'}"]`);
  }

  input(field: Field): Locator {
    return this.frame(field).locator(`input[autocomplete="${AUTOCOMPLETE[field]}"]`);
  }

  /** The error line inside the frame that holds a field. */
  message(field: Field): Locator {
    return this.frame(field).getByRole('status');
  }

  /** Types key by key in the place of what stood there, by what merchants' own tests type with. */
  type(field: Field, text: string): Promise<void> {
    return fillField(this.page, field, text);
  }

  fill(card: Card): Promise<void> {
    return fillCard(this.page, card);
  }

  /** Pays and waits for the order page. */
  async pay(): Promise<string> {
    await this.payButton.click();
    return this.paid();
  }

  async paid(): Promise<string> {
    await this.token.waitFor();
    return (await this.token.textContent()) ?? '';
  }
}
