import { TextPolicy } from '@hushfield/contract/boot';
import * as z from 'zod';
import { insertAudit } from '../../audit/insert-audit.ts';
import { StartError } from '../../config.ts';
import { deleteTextPolicy, insertTextPolicy, textPoliciesOf } from '../../tokens/text-policies.ts';
import { asking, type Command } from '../command.ts';
import { columns } from '../help.ts';
import { requireTenant } from '../require-tenant.ts';
import { withVault } from '../with-vault.ts';
import { TenantId } from './key-wish.ts';

const Count = z
  .string()
  .regex(/^\d{1,3}$/, 'is not a number')
  .transform(Number);
const Added = z.strictObject({
  tenant: TenantId,
  name: z.string(),
  alphabet: z.string(),
  min: Count,
  max: Count,
});
const Removed = z.strictObject({ tenant: TenantId, name: z.string() });
const Listed = z.strictObject({ tenant: TenantId });

const OF = { type: 'string', value: 'id', says: 'whose; see tenant list' } as const;
const NAME = {
  type: 'string',
  says: 'small letters, digits and hyphens; pages call it so',
} as const;
const AS_OPERATOR = { actor: 'operator', outcome: 'ok', requestId: null } as const;

export const textPolicyAdd: Command = {
  name: 'text-policy add',
  summary: 'let pages collect a secret text, and say what it may be made of',
  about: `A page names the rule (elements.create('text', { policy: 'national-id' })); it can neither make nor
change one. Alphabets are digits, alphanumeric, printable (ASCII) and text (any script). None takes a card number,
nor three or four digits alone, which could be a security code or a PIN and may not be kept (PCI DSS 3.3).
A rule is never changed: remove it, and add another of that name.`,
  example:
    'hushfield text-policy add --tenant ten_… --name national-id --alphabet digits --min 9 --max 11',
  options: {
    tenant: OF,
    name: NAME,
    alphabet: { type: 'string', says: 'digits, alphanumeric, printable or text' },
    min: { type: 'string', value: 'n', says: 'at least so many characters' },
    max: { type: 'string', value: 'n', says: 'at most so many; 100 at most' },
  },
  run: asking(Added, (desk, { tenant, name, alphabet, min, max }) =>
    withVault(desk, async ({ sql, now }) => {
      const policy = wished({ name, alphabet, minLength: min, maxLength: max });
      await requireTenant(sql.as('admin'), tenant);
      const at = new Date(now());
      await sql.transaction({ role: 'admin' }, async (inside) => {
        if (!(await insertTextPolicy(inside, tenant, policy, at)))
          throw new StartError(
            `The tenant has a rule ${name} already, or 64 others; remove one first.`,
          );
        const act = { action: 'text_policy.create', resource: name } as const;
        await insertAudit(inside, { ...AS_OPERATOR, ...act, tenant, at });
      });
      return { text: `Pages of ${tenant} may collect ${name}.`, data: { tenant, ...policy } };
    }),
  ),
};

export const textPolicyList: Command = {
  name: 'text-policy list',
  summary: "list a tenant's rules for secret texts",
  about: 'By name, with the least and the most characters.',
  example: 'hushfield text-policy list --tenant ten_…',
  options: { tenant: OF },
  run: asking(Listed, (desk, { tenant }) =>
    withVault(desk, async ({ sql }) => {
      const policies = await textPoliciesOf(sql.as('admin'), tenant);
      const rows = policies.map(({ name, alphabet, minLength, maxLength }) => [
        ...[name, alphabet, `${minLength}–${maxLength}`],
      ]);
      return { text: columns(rows), data: { policies } };
    }),
  ),
};

export const textPolicyRemove: Command = {
  name: 'text-policy remove',
  summary: 'end a rule: nothing is taken under it any more',
  about: 'Tokens of texts that were typed under it stay.',
  example: 'hushfield text-policy remove --tenant ten_… --name national-id',
  options: { tenant: OF, name: NAME },
  run: asking(Removed, (desk, { tenant, name }) =>
    withVault(desk, async ({ sql, now }) => {
      const at = new Date(now());
      const removed = await sql.transaction({ role: 'admin' }, async (inside) => {
        if (!(await deleteTextPolicy(inside, tenant, name))) return false;
        const act = { action: 'text_policy.delete', resource: name } as const;
        await insertAudit(inside, { ...AS_OPERATOR, ...act, tenant, at });
        return true;
      });
      return { text: removed ? 'Removed.' : 'There was none.', data: { name, removed } };
    }),
  ),
};

/** @throws StartError that says which part of it will not do. */
function wished(wish: object): TextPolicy {
  const policy = TextPolicy.safeParse(wish);
  const [issue] = policy.error?.issues ?? [];
  if (!policy.success) throw new StartError(`The rule's ${issue?.path.join('.')} is not allowed.`);
  const { minLength, maxLength } = policy.data;
  if (minLength > maxLength) throw new StartError('--min is more than --max.');
  return policy.data;
}
