import type { FrameLocator, Locator, Page } from '@playwright/test';
import type { Card } from './cards.ts';

const AUTOCOMPLETE = {
  number: 'cc-number',
  expiry: 'cc-exp',
  cvc: 'cc-csc',
  name: 'cc-name',
} as const;
export type Field = keyof typeof AUTOCOMPLETE;

/** From the keys to the mouse; sooner, a field takes the loss of its focus for a theft. */
const HAND_MS = 450;

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

  /** Types key by key, as a person does, who also takes a moment from one frame to the next. */
  async type(field: Field, text: string): Promise<void> {
    if (this.#layout === 'separate') await this.page.waitForTimeout(HAND_MS);
    await this.input(field).click();
    await this.page.keyboard.type(text);
  }

  async fill(card: Card): Promise<void> {
    await this.type('number', card.number);
    await this.type('expiry', card.expiry);
    await this.type('cvc', card.cvc);
    if (card.name !== undefined) await this.type('name', card.name);
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
