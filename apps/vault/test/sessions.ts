import { SessionClaims } from '@hushfield/contract/boot';
import { ask } from './backend.ts';
import { payloadOf } from './sealed-request.ts';
import type { TestVault } from './test-vault.ts';

/** A session of the development merchant's backend, as its page gets it. */
export async function sessionFor(
  test: TestVault,
  wish: object = {},
  key = test.merchant.secretKey,
): Promise<string> {
  const body = { origins: [test.config.shopOrigin], ...wish };
  const answer = await ask(test, key, 'POST', '/v1/sessions', { body });
  if (answer.status !== 201) throw new Error(`answered ${answer.status}: ${answer.raw.body}`);
  return String(answer.body.session);
}

/** What a session says. */
export function claimsOfSession(text: string): SessionClaims {
  return SessionClaims.parse(payloadOf(text));
}
