import { streams } from './app/scrubbed-streams.ts';
import { readConfig } from './config.ts';
import { startWithGrace } from './end-with-grace.ts';
import { sentenceOf } from './start-sentence.ts';
import { start } from './start.ts';

// Also what the database engine creates is for this user alone.
process.umask(0o077);

try {
  const config = readConfig(process.env);
  const { running, close } = await startWithGrace(config.drainMs, () =>
    start(config, { write: (line) => process.stdout.write(line) }),
  );
  // Started over a channel, it ends with its starter, so that a killed starter leaves no orphan.
  process.once('disconnect', close);
  const { publishableKey = '', secretKey = '' } = running.merchant ?? {};
  const { gateway } = running;
  const forwards = gateway ? ` dst=${gateway.destination} rk=${gateway.key}` : '';
  streams.say(
    `vault ready fields=${config.fieldsOrigin} api=${config.apiOrigin} pk=${publishableKey} sk=${secretKey}${forwards}\n`,
  );
} catch (error) {
  process.stderr.write(`${sentenceOf(error, process.env['LOG_LEVEL'])}\n`);
  process.exitCode = 1;
}
