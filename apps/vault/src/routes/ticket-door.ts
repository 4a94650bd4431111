import type { TicketClaims } from '@hushfield/contract/boot';
import type { FastifyRequest } from 'fastify';
import { VaultError } from '../app/vault-error.ts';
import { seconds } from '../clock.ts';
import { verifyTicket } from '../fields/ticket.ts';
import { KnownKeys } from '../tenants/authenticate.ts';
import type { Vault } from '../vault.ts';

type FromFrame = { readonly ticket: string; readonly parentOrigin: string };

/** A ticket that is in force, and whether it or its key takes cards only under a session. */
export type Admitted = { readonly claims: TicketClaims; readonly sessionsRequired: boolean };

/** The door of every request that brings a ticket: its form and signature, its page, its key. */
export class TicketDoor {
  readonly #vault: Vault;
  readonly #states: KnownKeys;

  constructor(vault: Vault) {
    this.#vault = vault;
    this.#states = new KnownKeys(vault);
  }

  /** @throws VaultError `unauthorized` or `origin_not_allowed`. */
  async admit(request: FastifyRequest, body: FromFrame): Promise<Admitted> {
    const { keys, mode, now } = this.#vault;
    const ticketKeys = (await keys.secrets('ticket')).map(({ key }) => key);
    const claims = verifyTicket(ticketKeys, body.ticket, seconds(now()));
    if (claims.mode !== mode) throw VaultError.because('unauthorized', 'ticket_mode');
    if (!claims.origins.includes(body.parentOrigin))
      throw VaultError.because('origin_not_allowed', 'ticket_origin');
    request.facts.tenant = claims.tenant;
    request.facts.keyId = claims.key;
    const state = await this.#states.stateOf(claims.tenant, claims.key);
    if (state === undefined) throw VaultError.because('unauthorized', 'ticket_key');
    const sessionsRequired = state.sessionsRequired || claims.sessionRequired === true;
    return { claims, sessionsRequired };
  }
}
