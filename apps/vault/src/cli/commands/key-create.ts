import * as z from 'zod';
import { issueKey, type KeyWish, mintKey } from '../../tenants/issue-key.ts';
import { Scope } from '@hushfield/contract/api';
import { BinDigits } from '@hushfield/contract/boot';
import { standsOnFieldsSite } from '../../tenants/fields-site.ts';
import { grantsItself } from '../../tenants/scopes.ts';
import { asking, type Command, UsageError } from '../command.ts';
import { requireTenant } from '../require-tenant.ts';
import { withVault } from '../with-vault.ts';
import {
  AddressBlocks,
  Duration,
  Line,
  ON_FIELDS_SITE,
  Origins,
  Scopes,
  TenantId,
} from './key-wish.ts';

const Wish = z.strictObject({
  tenant: TenantId,
  kind: z.enum(['pk', 'sk', 'rk']),
  label: Line.default(''),
  scope: Scopes.default([]),
  origin: Origins.default([]),
  from: AddressBlocks.default([]),
  expires: Duration.optional(),
  'require-session': z.boolean().default(false),
  'bin-digits': z
    .enum(['0', '6', '8'], 'is one of 0, 6, 8')
    .default('0')
    .transform(Number)
    .pipe(BinDigits),
  'forward-needs-grant': z.boolean().default(false),
});
type Wish = z.infer<typeof Wish>;

/** On two lines, for a screen. */
const HALF = Math.ceil(Scope.options.length / 2);

export const keyCreate: Command = {
  name: 'key create',
  summary: 'make an API key and show it, this once',
  about: `pk  publishable: stands in pages, collects cards on the origins given and nothing else
sk  secret: for a merchant's backend; may neither reveal nor send on cards, unless --scope says so
rk  restricted: may do only what --scope names
Scopes: ${Scope.options.slice(0, HALF).join(' ')}
  ${Scope.options.slice(HALF).join(' ')}

The vault keeps a keyed hash. A key that is lost cannot be shown again: roll it.`,
  example:
    'hushfield key create --tenant ten_… --kind rk --scope tokens:read --from 192.0.2.0/24 --expires 90d',
  options: {
    tenant: { type: 'string', value: 'id', says: 'whose key' },
    kind: { type: 'string', value: 'pk|sk|rk', says: 'what it is for' },
    label: { type: 'string', says: 'a note for people' },
    scope: { type: 'string', value: 'scope', multiple: true, says: 'what it may do, see above' },
    origin: { type: 'string', value: 'origin', multiple: true, says: 'pk: pages it may stand in' },
    from: {
      type: 'string',
      value: 'address',
      multiple: true,
      says: 'sk, rk: addresses or CIDR blocks it may come from',
    },
    expires: {
      type: 'string',
      value: '90d',
      says: 'how long it holds; without, until it is revoked',
    },
    'require-session': { type: 'boolean', says: 'pk: cards only with a session of the backend' },
    'bin-digits': {
      type: 'string',
      value: '0|6|8',
      says: 'pk: the most of a BIN that its pages see; without, none',
    },
    'forward-needs-grant': {
      type: 'boolean',
      says: 'sk, rk: sends on only what a grant of another key allows',
    },
  },
  run: asking(Wish, (desk, wish) => {
    refuseSenseless(wish);
    return withVault(desk, async (vault) => {
      if (standsOnFieldsSite(vault, wish.origin)) throw new UsageError(ON_FIELDS_SITE);
      const { tenant, kind, label, expires } = wish;
      const issuer = { vault, actor: 'operator', requestId: null };
      const key: KeyWish = {
        ...{ tenant, kind, label, mode: vault.mode, scopes: wish.scope, addresses: wish.from },
        expiresAt: expires === undefined ? null : new Date(vault.now() + expires),
        sessionsRequired: wish['require-session'],
        binDigits: wish['bin-digits'],
        forwardNeedsGrant: wish['forward-needs-grant'],
        origins: wish.origin,
      };
      const scope = { role: 'admin' } as const;
      const minted = await mintKey(vault, key);
      const issued = await vault.sql.transaction(scope, async (sql) => {
        await requireTenant(sql, tenant);
        return issueKey(sql, issuer, key, minted);
      });
      return { text: issued.key, data: issued };
    });
  }),
};

function refuseSenseless({ kind, scope, origin, from, ...wish }: Wish): void {
  const publishable = kind === 'pk';
  if (publishable && (scope.length > 0 || from.length > 0)) {
    throw new UsageError('A publishable key has no scopes and comes from anywhere.');
  }
  if (!publishable && origin.length > 0)
    throw new UsageError('Only a publishable key has origins.');
  if (!publishable && wish['bin-digits'] > 0)
    throw new UsageError('Only a publishable key has BIN digits.');
  if (wish['forward-needs-grant'] && !scope.includes('forward')) {
    throw new UsageError('A key that may send nothing on needs no grant; give it --scope forward.');
  }
  if (grantsItself({ kind, scopes: scope, forwardNeedsGrant: wish['forward-needs-grant'] })) {
    throw new UsageError(
      'A key that needs grants may not make them: give --scope grants:write to another.',
    );
  }
  if (kind === 'rk' && scope.length === 0) {
    throw new UsageError('A restricted key without a scope may do nothing; name one with --scope.');
  }
}
