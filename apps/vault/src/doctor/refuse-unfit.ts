import { type Config, StartError } from '../config.ts';
import { wantedSchema } from '../db/migrate.ts';
import type { Database } from '../db/sql.ts';
import { gatherFacts, type View } from './facts.ts';
import { judge } from './judge.ts';

/**
 * Lets live mode start only where nothing is unsafe.
 *
 * @throws StartError with all that is, in plain words.
 */
export async function refuseUnfit(
  config: Config,
  database: Database,
  does: View['does'],
): Promise<void> {
  const facts = await gatherFacts(config, database, { does, schema: wantedSchema() });
  const unsafe = judge(facts).filter(({ level }) => level === 'unsafe');
  if (unsafe.length === 0) return;
  const lines = unsafe.map(({ says }) => `- ${says}`);
  throw new StartError(['Live mode does not start here:', ...lines].join('\n'));
}
