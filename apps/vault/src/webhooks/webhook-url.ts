import { VaultError } from '../app/vault-error.ts';
import { EgressError } from '../egress/egress-error.ts';
import { judgeTarget } from '../egress/judge-target.ts';

/**
 * Where an endpoint may be, by its text alone: no name is resolved here, so that the answer tells nothing of hosts
 * within. What a name stands for is judged at each delivery anew.
 *
 * @throws VaultError `invalid_request`.
 */
export function requireEndpointUrl(text: string, allowed: readonly string[]): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || !mayBeCalled(url, allowed))
    throw VaultError.because('invalid_request', 'body_form');
  return url.href;
}

function mayBeCalled(url: URL, allowed: readonly string[]): boolean {
  try {
    judgeTarget(url, new Set(allowed));
    return true;
  } catch (error) {
    if (error instanceof EgressError) return false;
    throw error;
  }
}
