import * as z from 'zod';
import { readConfig } from '../../config.ts';
import { startWithGrace } from '../../end-with-grace.ts';
import { ROLES } from '../../role.ts';
import { start } from '../../start.ts';
import type { Command } from '../command.ts';

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

Health, readiness and metrics are on a private listener, OPERATE_HOST and OPERATE_PORT.
Ends in order on SIGTERM: not ready at once, then DRAIN_SECONDS more of serving (10 in live
mode), then what is under way is answered. A second SIGTERM ends the wait.`,
  example: 'hushfield serve --role api,worker',
  options: {
    role: { type: 'string', value: 'roles', says: `some of ${ROLES.join(',')}; all without` },
  },
  async run({ environment }, given) {
    const { role } = Asked.parse(given);
    const write = (line: string) => process.stdout.write(line);
    const config = readConfig(environment);
    let end = () => {};
    const ended = new Promise<void>((resolve) => (end = resolve));
    await startWithGrace(config.drainMs, async () => {
      const { stop } = await start(config, { write }, { roles: role, develop: false });
      return { stop: (hurry?: AbortSignal) => stop(hurry).then(end) };
    });
    process.stderr.write(`serving ${role.join(', ')}\n`);
    await ended;
    return { text: 'stopped', data: { stopped: true } };
  },
};
