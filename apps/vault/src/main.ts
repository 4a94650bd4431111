import closeWithGrace from 'close-with-grace';
import { readConfig, StartError } from './config.ts';
import { start } from './start.ts';

// Also what the database engine creates is for this user alone.
process.umask(0o077);

const DRAIN_MS = 10_000;

try {
  const config = readConfig(process.env);
  const running = await start(config, { write: (line) => process.stdout.write(line) });
  closeWithGrace({ delay: DRAIN_MS, logger: false }, () => running.stop());
  const { publishableKey, secretKey } = running.merchant;
  process.stdout.write(
    `vault ready fields=${config.fieldsOrigin} api=${config.apiOrigin} pk=${publishableKey} sk=${secretKey}\n`,
  );
} catch (error) {
  if (!(error instanceof StartError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
}
