import { expect } from 'vitest';
import { post } from './sealed-request.ts';
import type { TestVault } from './test-vault.ts';

/** Posts to tokenize and expects exactly this refusal, with the request's own id. */
export async function expectProblem(
  test: TestVault,
  body: unknown,
  status: number,
  code: string,
  headers: Record<string, string> = {},
): Promise<void> {
  const answer = await post(test, body, headers);
  const problem: Record<string, unknown> = JSON.parse(answer.body);
  expect({ status: answer.statusCode, ...problem }).toStrictEqual({
    status,
    type: `urn:hushfield:error:${code}`,
    title: expect.any(String),
    code,
    retryable: expect.any(Boolean),
    requestId: answer.headers['x-request-id'],
  });
  expect(answer.headers['content-type']).toBe('application/problem+json; charset=utf-8');
}
