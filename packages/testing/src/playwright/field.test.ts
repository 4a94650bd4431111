import type { FieldName } from '@hushfield/sdk';
import type { Frame, FrameLocator, Locator, Page } from '@playwright/test';
import { expectTypeOf, it } from 'vitest';
import type { TestCard } from '../cards/index.ts';
import type { Field, Scope, TypedCard } from './index.ts';

it('knows every input that the SDK knows', () => {
  // What is shown is typed by nobody.
  expectTypeOf<Field>().toEqualTypeOf<Exclude<FieldName, 'shown'>>();
});

it('takes all of Playwright that an element can stand in', () => {
  expectTypeOf<Page>().toExtend<Scope>();
  expectTypeOf<Frame>().toExtend<Scope>();
  expectTypeOf<Locator>().toExtend<Scope>();
  expectTypeOf<FrameLocator>().toExtend<Scope>();
});

it('takes the cards of the deck', () => {
  expectTypeOf<TestCard>().toExtend<TypedCard>();
});
