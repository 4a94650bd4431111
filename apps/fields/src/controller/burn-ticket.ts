import type { ControllerBoot } from '@hushfield/contract/boot';
import type { BurnRequest } from '@hushfield/contract/http';

/**
 * Tells the vault that this document's ticket must make no token any more, so that it is so for
 * whoever else has the ticket, and stands in the audit trail. Whether the vault hears it changes
 * nothing here: the tokenizer is burnt already.
 */
export async function burnTicket({ api, ticket }: ControllerBoot, origin: string): Promise<void> {
  const body: BurnRequest = { v: 1, ticket, parentOrigin: origin, reason: 'focus_lost' };
  await fetch(`${api}/v1/tickets/burn`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
    credentials: 'omit',
    // The page may go away the next moment.
    keepalive: true,
  }).catch(() => {});
}
