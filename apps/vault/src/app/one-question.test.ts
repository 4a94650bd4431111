import { beforeEach, expect, test } from 'vitest';
import { OneQuestion } from './one-question.ts';

let now: number;
let asked: (() => void)[];
let failing: boolean;
let question: OneQuestion<number>;
beforeEach(() => {
  [now, asked, failing] = [0, [], false];
  question = new OneQuestion(
    async () => {
      await new Promise<void>((resolve) => asked.push(resolve));
      if (failing) throw new Error('away');
      return asked.length;
    },
    100,
    () => now,
  );
});
const arrive = () => asked.at(-1)?.();

test('is asked once by all who come while it waits, however long that takes', async () => {
  const all = [question.answer(), question.answer()];
  now = 10_000;
  all.push(question.answer());
  arrive();
  expect(await Promise.all(all)).toStrictEqual([1, 1, 1]);
});

test('is answered from memory for its time, counted from the question', async () => {
  const first = question.answer();
  now = 60;
  arrive();
  expect([await first, await question.answer()]).toStrictEqual([1, 1]);
  now = 100;
  const second = question.answer();
  arrive();
  expect(await second).toBe(2);
});

test('tells a failure to all who waited, and asks anew', async () => {
  failing = true;
  const both = [question.answer(), question.answer()];
  arrive();
  const outcomes = await Promise.allSettled(both);
  expect(outcomes.map(({ status }) => status)).toStrictEqual(['rejected', 'rejected']);
  failing = false;
  const next = question.answer();
  arrive();
  expect(await next).toBe(2);
});
