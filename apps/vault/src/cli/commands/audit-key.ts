import { verifierKey } from '@hushfield/crypto/tlog';
import { latestCheckpoint } from '../../audit/checkpoint-store.ts';
import { logHead } from '../../audit/log-head.ts';
import { originOf, trustedCheckpoint } from '../../audit/log-name.ts';
import { StartError } from '../../config.ts';
import { ownTrust } from '../audit-trust.ts';
import type { Command } from '../command.ts';
import { withVault } from '../with-vault.ts';

export const auditKey: Command = {
  name: 'audit key',
  summary: 'print the keys that signed states of the log are verified with',
  about: `One a line, oldest first, as C2SP notes have them. Keep them where nobody who runs the vault can write, and
hand them to whoever is to verify the log without trusting it. In a later epoch of the log the same keys have
its name; states of before are verified with them too.`,
  example: 'hushfield audit key',
  options: {},
  run: (desk) =>
    withVault(desk, async (vault) => {
      const trust = await ownTrust(vault);
      const sql = vault.sql.as('auditor');
      const { epoch } = await logHead(sql);
      const state = epoch === 0 ? undefined : await latestCheckpoint(sql, epoch);
      // Whoever can write the database is not to have a name handed out that nobody has begun.
      if (epoch > 0 && trustedCheckpoint(state?.note ?? '', trust)?.epoch !== epoch)
        throw new StartError(
          'The log is said to be in an epoch that no key of it has begun: see hushfield audit verify.',
        );
      const name = originOf(trust.name, epoch);
      const texts = trust.keys.map((key) => verifierKey(name, key));
      return { text: texts.join('\n'), data: { keys: texts } };
    }),
};
