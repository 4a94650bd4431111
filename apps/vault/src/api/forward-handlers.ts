import { askOnce, ShortCache } from '../app/short-cache.ts';
import { VaultError } from '../app/vault-error.ts';
import type { ForwardBody } from '../forward/approve.ts';
import { deniedBy } from '../forward/denied.ts';
import { noteUse } from '../forward/forward-store.ts';
import { Forwarder } from '../forward/send-forward.ts';
import type { By } from '../tokens/change-tokens.ts';
import type { Vault } from '../vault.ts';
import { byOf, type Handlers } from './bind-routes.ts';

/** A stolen key that feels its way along a record: one entry a minute says as much as thousands. */
const ALERTED = { lifeMs: 60_000, max: 1_000 };

/** What a backend may send on. */
export function forwardHandlers(vault: Vault): Pick<Handlers, 'forward'> {
  const forwarder = new Forwarder(vault);
  const alerted = new ShortCache<Promise<void>>(ALERTED, vault.steady);
  return {
    async forward({ body }, caller) {
      if (caller.asked === undefined) throw VaultError.because('invalid_request', 'name_missing');
      const by = byOf(caller);
      try {
        return await forwarder.forward(by, caller.asked, body);
      } catch (error) {
        const what = deniedBy(error);
        if (what !== undefined) await noteRefusal(vault, alerted, by, body, what);
        throw error;
      }
    },
  };
}

/** Access that was tried and refused (PCI DSS 10.2.1.4), under what it was tried at. */
async function noteRefusal(
  { sql }: Vault,
  alerted: ShortCache<Promise<void>>,
  by: By,
  { destination }: ForwardBody,
  what: string,
): Promise<void> {
  const { tenant, actor, address, requestId, now } = by;
  await askOnce(alerted, `${tenant}/${actor}/${destination}/${what}`, () =>
    noteUse(
      sql.as('forwarder', tenant),
      { tenant, actor, address, requestId, tokens: [], destination },
      'forward.refuse',
      now,
      [what],
    ),
  );
}
