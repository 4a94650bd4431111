/** Node's words for a server that cannot be reached or has gone away. */
const NETWORK = [
  'ECONNREFUSED',
  'ECONNRESET',
  'ECONNABORTED',
  'ETIMEDOUT',
  'EPIPE',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND',
  'EAI_AGAIN',
];
/** Serialization failure, deadlock, statement timeout, lock timeout; and a primary that is none any more. */
const CONFLICTS = ['40001', '40P01', '57014', '55P03', '25006'];
const CODES: ReadonlySet<unknown> = new Set([...NETWORK, ...CONFLICTS]);
/** Connection exceptions, insufficient resources, shutdown (PostgreSQL, appendix A). */
const CLASSES = /^(?:08|53)[0-9A-Z]{3}$|^57P0[0-9A-Z]$/;
/** What pg and pg-pool give no code for. */
const MESSAGES: ReadonlySet<string> = new Set([
  'timeout exceeded when trying to connect',
  'timeout expired',
  'Connection terminated',
  'Connection terminated unexpectedly',
  'Connection terminated due to connection timeout',
  'Query read timeout',
  'Client has encountered a connection error and is not queryable',
]);

/**
 * Whether an error says that the database is away or too busy, and not that the vault is wrong. The
 * caller may then send the same bytes again: an attempt that was committed is answered as it was.
 */
export function isOutage(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const code = 'code' in error ? error.code : undefined;
  if (CODES.has(code) || (typeof code === 'string' && CLASSES.test(code))) return true;
  return MESSAGES.has(error.message);
}

/** The classes that are told apart (PostgreSQL, appendix A), and the way to the database. */
export const SQL_CLASSES = [
  ...([
    '08',
    '0A',
    '22',
    '23',
    '25',
    '26',
    '28',
    '3D',
    '40',
    '42',
    '53',
    '54',
    '55',
    '57',
    '58',
    'XX',
  ] as const),
  ...(['network', 'timeout', 'other'] as const),
] as const;
export type SqlClass = (typeof SQL_CLASSES)[number];

const SQLSTATE = /^(?<class>[0-9A-Z]{2})[0-9A-Z]{3}$/;

/** Of what class an error of the database is; nothing for one that is none of it. */
export function sqlClass(error: unknown): SqlClass | undefined {
  if (!(error instanceof Error)) return undefined;
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  if (NETWORK.includes(code)) return 'network';
  const found = SQLSTATE.exec(code)?.groups?.class;
  if (found !== undefined) return SQL_CLASSES.find((each) => each === found) ?? 'other';
  if (!MESSAGES.has(error.message)) return undefined;
  return error.message.startsWith('Connection terminated') ? 'network' : 'timeout';
}

/** What somebody on call asks first of an outage. */
export function outageKind(
  error: unknown,
): 'database_away' | 'database_full' | 'database_stopping' | 'database_standby' | 'database_busy' {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  const kind = sqlClass(error);
  if (kind === 'network' || kind === 'timeout' || kind === '08') return 'database_away';
  if (kind === '53') return 'database_full';
  if (kind === '25') return 'database_standby';
  return code.startsWith('57P') ? 'database_stopping' : 'database_busy';
}
