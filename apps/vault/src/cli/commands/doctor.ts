import { gatherFacts } from '../../doctor/facts.ts';
import { type Finding, judge } from '../../doctor/judge.ts';
import { wantedSchema } from '../../db/migrate.ts';
import type { Command } from '../command.ts';
import { withDatabase } from '../with-vault.ts';

const MARKS: Readonly<Record<Finding['level'], string>> = {
  ok: 'ok      ',
  warning: 'warning ',
  unsafe: 'UNSAFE  ',
  skipped: '-       ',
};

export const doctor: Command = {
  name: 'doctor',
  summary: 'say what is unsafe about this deployment',
  about: `Looks at configuration, folders, keys, clocks and database, and says in plain words what may go
wrong; what there is nothing to look at for has a dash. Changes nothing. Whatever it calls UNSAFE keeps live
mode out: \`hushfield serve\` looks at the same as it starts, and with MODE=live refuses. Ends with 1 when
anything is unsafe, so that a rollout can wait for it.`,
  example: 'hushfield doctor --json',
  options: {},
  async run(desk) {
    const facts = await withDatabase(desk, (sql, config) =>
      gatherFacts(config, sql, { does: ['the command line'], schema: wantedSchema() }),
    );
    const findings = judge(facts);
    const unsafe = findings.filter(({ level }) => level === 'unsafe').length;
    const lines = findings.map(({ level, says }) => `${MARKS[level]}${says}`);
    const verdict =
      unsafe === 0 ? 'Fit for live mode.' : `${unsafe} unsafe: not fit for live mode.`;
    return {
      text: [...lines, '', verdict].join('\n'),
      data: { fit: unsafe === 0, findings },
      exitCode: unsafe === 0 ? 0 : 1,
    };
  },
};
