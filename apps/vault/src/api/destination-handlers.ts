import { VaultError } from '../app/vault-error.ts';
import {
  changeDestination,
  createDestination,
  readDestination,
  readDestinations,
  removeDestination,
} from '../destinations/manage-destinations.ts';
import type { Vault } from '../vault.ts';
import { byOf, type Handlers } from './bind-routes.ts';

type DestinationHandlers = Pick<
  Handlers,
  | 'createDestination'
  | 'listDestinations'
  | 'getDestination'
  | 'updateDestination'
  | 'deleteDestination'
>;

/** What a backend that administrates may do with destinations. */
export function destinationHandlers(vault: Vault): DestinationHandlers {
  return {
    createDestination: ({ body }, caller) =>
      createDestination(vault, byOf(caller), caller.transact, body),

    async listDestinations(_input, { sql, key }) {
      const data = await readDestinations(vault, sql, key);
      return { object: 'list', data, nextCursor: null };
    },

    getDestination: ({ params }, { sql, key }) => readDestination(vault, sql, key, params.id),

    updateDestination: ({ params, body }, caller) =>
      changeDestination(vault, byOf(caller), caller, params.id, body),

    async deleteDestination({ params }, caller) {
      const gone = await caller.transact((sql) => removeDestination(sql, byOf(caller), params.id));
      if (!gone) throw VaultError.because('not_found', 'record_missing');
      return undefined;
    },
  };
}
