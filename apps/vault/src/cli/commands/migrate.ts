import { insertDeploymentAudit } from '../../audit/insert-audit.ts';
import { claimMode, refuseOtherMode } from '../../db/deployment-mode.ts';
import { ROLES_OF, rolesOf } from '../../db/roles-of.ts';
import { ROLES } from '../../role.ts';
import { describeSchema } from '../../db/describe-schema.ts';
import { migrate, pendingMigrations } from '../../db/migrate.ts';
import type { Command } from '../command.ts';
import { fillNewStore } from '../../assemble.ts';
import { columns } from '../help.ts';
import { withDatabase } from '../with-vault.ts';

const NEEDS = columns(
  Object.entries(ROLES_OF).map(([what, roles]) => [
    what === 'the command line' ? what : `serve --role ${what}`,
    roles.map((role) => `hushfield_${role}`).join(', '),
  ]),
);

export const migrateCommand: Command = {
  name: 'migrate',
  summary: 'bring the database to the schema of this version',
  about: `Applies what is missing, each file in a transaction of its own, under a lock: two that start at once
wait for each other. There is no way back; restore a backup instead. A new database becomes one of MODE,
test or live, for good, and its keys are made in KEY_STORE_DIR: from then on the two belong together, and no
node starts with another folder. Where that folder or the KEK cannot be reached from here, --schema-only
leaves the keys to the first serve. Run it as the owner of the database, before the nodes of the new
version start. Nodes, and every other command here, should log in as somebody else, who owns nothing:

  CREATE ROLE node LOGIN NOINHERIT;
  GRANT ${rolesOf(ROLES).join(', ')}
    TO node;

${NEEDS}

A process that does several of these needs the roles of each, and may need more in a later version: doctor
says so of the login that it is run with. Without NOINHERIT a login has the rights of
all its roles at once, in the rows of every tenant.`,
  example: 'DATABASE_URL=postgres://owner@db/hushfield hushfield migrate',
  options: {
    check: { type: 'boolean', says: 'apply nothing; end with 1 when something is missing' },
    'schema-only': { type: 'boolean', says: 'make no keys; the first serve does' },
    describe: { type: 'boolean', says: 'apply nothing; print the schema as it is' },
  },
  run: (desk, { check, describe, 'schema-only': schemaOnly }) =>
    withDatabase(desk, async (sql, config) => {
      const { owner } = sql;
      const { mode } = config;
      if (describe === true) {
        const schema = await describeSchema(owner);
        return { text: schema.trimEnd(), data: { schema } };
      }
      const pending = await pendingMigrations(sql, 'admin');
      if (check === true) {
        const text = pending.length === 0 ? 'Up to date.' : `Missing: ${pending.join(', ')}`;
        return { text, data: { pending }, exitCode: pending.length === 0 ? 0 : 1 };
      }
      await refuseOtherMode(owner, mode);
      await migrate(owner);
      await claimMode(owner, mode);
      const newest = pending.at(-1);
      if (newest !== undefined) {
        const at = new Date(desk.now());
        await insertDeploymentAudit(owner, { at, action: 'schema.migrate', resource: newest });
      }
      const filled = schemaOnly !== true && (await fillNewStore(config, owner, desk));
      const lines = [
        pending.length === 0 ? 'Was up to date.' : `Applied: ${pending.join(', ')}`,
        ...(filled ? [`Its keys are in ${config.keyStoreDir}.`] : []),
      ];
      const data = { applied: pending, ...(filled ? { keyStore: config.keyStoreDir } : {}) };
      return { text: lines.join('\n'), data };
    }),
};
