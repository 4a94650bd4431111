#!/usr/bin/env node
import { streams } from '../app/scrubbed-streams.ts';
import { createLog } from '../app/log.ts';
import { SYSTEM_CLOCKS } from '../clock.ts';
import { run } from './run.ts';

// Also what the database engine creates is for this user alone.
process.umask(0o077);

const progress = (line: string) => process.stderr.write(`${line}\n`);
const { out, err, exitCode } = await run(process.argv.slice(2), {
  environment: process.env,
  ...SYSTEM_CLOCKS,
  log: createLog('warn', progress, 'cli'),
  input: process.stdin,
  progress,
});
streams.say(out);
process.stderr.write(err);
process.exitCode = exitCode;
