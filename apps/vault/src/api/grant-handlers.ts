import { createGrant } from '../grants/create-grant.ts';
import { grantOf } from '../grants/grant-store.ts';
import { byOf, type Handlers } from './bind-routes.ts';

/** What a backend may do with grants. */
export function grantHandlers(): Pick<Handlers, 'createGrant'> {
  return {
    createGrant: ({ body }, caller) =>
      caller.transact(async (sql) => {
        const { row, text } = await createGrant(sql, byOf(caller), body);
        return { ...grantOf(row), grant: text };
      }),
  };
}
