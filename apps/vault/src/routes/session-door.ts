import type { SessionClaims } from '@hushfield/contract/boot';
import { ShortCache } from '../app/short-cache.ts';
import { VaultError } from '../app/vault-error.ts';
import { seconds } from '../clock.ts';
import { readSession } from '../sessions/session-text.ts';
import type { Vault } from '../vault.ts';
import type { Admitted } from './ticket-door.ts';

type FromPage = { readonly session?: string | undefined; readonly parentOrigin: string };

/** Genuine texts, so that a shopper's second try costs no signature. What is in force is asked anew. */
const REMEMBERED = { lifeMs: 60_000, max: 2_000 };

/** The second door of tokenizing: the session a merchant's backend has made for the page, where one is needed. */
export class SessionDoor {
  readonly #vault: Vault;
  readonly #genuine: ShortCache<SessionClaims>;

  constructor(vault: Vault) {
    this.#vault = vault;
    this.#genuine = new ShortCache(REMEMBERED, vault.steady);
  }

  /**
   * What the session allows; nothing where none was brought and none is asked for. One that was brought
   * is judged even where none is asked for: its terms are the merchant's own.
   *
   * @throws VaultError `invalid_session`, `session_expired` or `origin_not_allowed`.
   */
  async admit({ claims: ticket, sessionsRequired }: Admitted, body: FromPage) {
    if (body.session === undefined) {
      if (sessionsRequired || this.#vault.pricing.requiresSession(ticket.key))
        throw VaultError.because('invalid_session', 'session_missing');
      return undefined;
    }
    const session = await this.#read(body.session);
    if (session?.tenant !== ticket.tenant || session.mode !== ticket.mode)
      throw VaultError.because('invalid_session', 'session_forged');
    if (seconds(this.#vault.now()) >= session.exp)
      throw VaultError.because('session_expired', 'session_over');
    // The ticket's own pages were compared by its door: the page must be one of both.
    if (!session.origins.includes(body.parentOrigin))
      throw VaultError.because('origin_not_allowed', 'session_origin');
    return session;
  }

  async #read(text: string): Promise<SessionClaims | undefined> {
    const known = this.#genuine.find(text);
    if (known !== undefined) return known;
    const session = await readSession(this.#vault.keys, text);
    return session && this.#genuine.get(text, () => session);
  }
}
