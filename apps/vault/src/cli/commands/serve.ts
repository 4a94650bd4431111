import closeWithGrace from 'close-with-grace';
import * as z from 'zod';
import { readConfig } from '../../config.ts';
import { ROLES } from '../../role.ts';
import { start } from '../../start.ts';
import type { Command } from '../command.ts';

const DRAIN_MS = 10_000;
const Asked = z.strictObject({
  role: z
    .string()
    .default(ROLES.join(','))
    .transform((text) => text.split(','))
    .pipe(z.array(z.enum(ROLES)).min(1)),
});

export const serve: Command = {
  name: 'serve',
  summary: 'run the vault, in one role or several',
  about: `fields  serves the frames that collect cards, on the fields origin
api     opens sealed cards and answers backends, on the API origin; any number of nodes
worker  keys, manifests and purges by the clock; one works at a time, others stand by

Ends in order on SIGTERM: what is under way is answered first, for up to ten seconds.`,
  example: 'hushfield serve --role api,worker',
  options: {
    role: { type: 'string', value: 'roles', says: `some of ${ROLES.join(',')}; all without` },
  },
  async run({ environment }, given) {
    const { role } = Asked.parse(given);
    const write = (line: string) => process.stdout.write(line);
    const running = await start(
      readConfig(environment),
      { write },
      { roles: role, develop: false },
    );
    const ended = new Promise<void>((resolve) => {
      closeWithGrace({ delay: DRAIN_MS, logger: false }, async () => {
        await running.stop();
        resolve();
      });
    });
    process.stderr.write(`serving ${role.join(', ')}\n`);
    await ended;
    return { text: 'stopped', data: { stopped: true } };
  },
};
