import { pino } from 'pino';
import { scrub } from './scrub.ts';

/** All a log line may say. There is no place for a URL, a header or a body. */
export type LogFields = {
  readonly requestId?: string;
  readonly role?: string;
  readonly route?: string;
  readonly method?: string;
  readonly status?: number;
  readonly ms?: number;
  readonly tenant?: string | undefined;
  readonly keyId?: string | undefined;
  readonly code?: string | undefined;
  readonly detail?: string;
};

export type Log = Readonly<
  Record<'info' | 'warn' | 'error', (fields: LogFields, message: string) => void>
>;

const ALLOWED = [
  'requestId',
  'role',
  'route',
  'method',
  'status',
  'ms',
  'tenant',
  'keyId',
  'code',
  'detail',
] as const satisfies readonly (keyof LogFields)[];

/**
 * JSON lines: fields by allow-list, then the whole line through the scrubber.
 *
 * @param role - of the process, for lines that are no role's own.
 */
export function createLog(level: string, write: (line: string) => void, role?: string): Log {
  const logger = pino(
    { level, base: null, timestamp: pino.stdTimeFunctions.isoTime },
    { write: (line: string) => write(scrub(line)) },
  );
  return {
    info: (fields, message) => logger.info(allowed(fields, role), message),
    warn: (fields, message) => logger.warn(allowed(fields, role), message),
    error: (fields, message) => logger.error(allowed(fields, role), message),
  };
}

// Types vanish at run time: a caller that spreads a whole object must not leak it.
function allowed(fields: LogFields, role: string | undefined): LogFields {
  const whole = { role, ...fields };
  return Object.fromEntries(ALLOWED.map((name) => [name, whole[name]]));
}

/** An error's own words for the inside log; its scrubbed stack, cut to a line. */
export function detailOf(error: unknown): string {
  const text = error instanceof Error ? (error.stack ?? error.message) : 'not an Error';
  // Scrubbed before it is cut: half a number is not known for one.
  return scrub(text.replaceAll(/\s*\n\s*/g, ' | ')).slice(0, 2_000);
}
