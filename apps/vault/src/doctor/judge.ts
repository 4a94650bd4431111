import type { Facts, Server } from './facts.ts';

/** `unsafe` keeps live mode out; `warning` is for the operator to weigh; `skipped` was not looked at. */
export type Finding = {
  readonly id: string;
  readonly level: 'ok' | 'warning' | 'unsafe' | 'skipped';
  /** What is the case, and what may come of it. */
  readonly says: string;
};

/** One sentence, or one that names what was found. */
type Says = string | ((facts: Facts) => string);

type Rule = {
  readonly id: string;
  readonly good: Says;
  readonly bad: Says;
  readonly level: 'warning' | 'unsafe';
  /** Nothing where there is nothing to look at: what nobody has seen is not called good. */
  readonly holds: (facts: Facts) => boolean | undefined;
};

/** Where there is no server, another rule says what that means. */
const ofServer =
  (holds: (server: Server) => boolean | undefined): Rule['holds'] =>
  ({ server }) =>
    server && holds(server);

/** Tickets, sessions and manifests are dated by the vault and read by other nodes. */
const MAX_SKEW_MS = 2_000;
const OLDEST_SERVER = 150_000;
const ENDING_MS = 10 * 24 * 60 * 60 * 1000;

const RULES: readonly Rule[] = [
  {
    id: 'kek',
    level: 'unsafe',
    good: 'The KEK lies in a device that does not give it out.',
    bad: 'The KEK is a file beside the keys that it wraps: whoever copies that folder and the database has every card. It is for development; live mode needs an HSM or KMS.',
    holds: ({ kek }) => kek !== 'directory',
  },
  {
    id: 'database',
    level: 'unsafe',
    good: 'The database is a PostgreSQL server.',
    bad: 'The embedded database does not wait for the disk: a power cut can lose acknowledged cards. Set DATABASE_URL.',
    holds: ({ engine }) => engine === 'postgres',
  },
  {
    id: 'https',
    level: 'unsafe',
    good: 'Fields and API are reached by https.',
    bad: 'A plain http origin: whoever sits on the way can put a form of their own in the place of the fields. Set FIELDS_ORIGIN and API_ORIGIN to https origins.',
    holds: ({ fieldsOrigin, apiOrigin }) => [fieldsOrigin, apiOrigin].every(isSecure),
  },
  {
    id: 'site',
    level: 'unsafe',
    good: 'The fields stand on a site of their own.',
    bad: 'The fields share a site with a merchant: browsers keep such pages in one process and let them share cookies. Put the fields on a registrable domain of their own, or revoke the key that has such an origin: `hushfield key list`.',
    holds: ({ sharesSite }) => !sharesSite,
  },
  {
    id: 'root',
    level: 'unsafe',
    good: 'The root is kept elsewhere.',
    bad: 'The seed of the root lies in the key store: whoever has that can make frames seal to keys of their own, on every node. Give live mode a key store of its own, and make its root with `hushfield root create` on a machine without a network.',
    holds: ({ rootIsHere }) => !rootIsHere,
  },
  {
    id: 'root-key',
    level: 'unsafe',
    good: 'The configuration says which root frames trust.',
    bad: 'ROOT_PUBLIC_KEY is not set: frames have no root to trust. `hushfield root create` prints it.',
    holds: ({ rootIsPinned }) => rootIsPinned,
  },
  {
    id: 'delegation',
    level: 'unsafe',
    good: 'The root has spoken for a manifest key.',
    bad: 'The root has spoken for no manifest key, or its word is over: frames would take no receive key. See `hushfield root request --help`.',
    holds: ({ delegatedForMs, rootIsPinned }) =>
      rootIsPinned ? delegatedForMs !== undefined : undefined,
  },
  {
    id: 'delegation-end',
    level: 'warning',
    good: 'The word of the root holds for more than ten days.',
    bad: 'The word of the root ends within ten days, and frames stop with it. See `hushfield root request --help`.',
    holds: ({ delegatedForMs }) =>
      delegatedForMs === undefined ? undefined : delegatedForMs > ENDING_MS,
  },
  {
    id: 'clock',
    level: 'unsafe',
    good: 'The clocks of vault and database agree.',
    bad: 'The clocks of vault and database differ by more than two seconds: tickets, limits and key schedules will not hold on every node. Mend the time service.',
    holds: ({ clockSkewMs }) => Math.abs(clockSkewMs) <= MAX_SKEW_MS,
  },
  {
    id: 'schema',
    level: 'unsafe',
    good: 'The schema is word for word the one this version needs.',
    bad: 'Tables, grants or policies differ from those this version needs: somebody changed them by hand, or a migration is missing. Run `hushfield migrate`, then compare with `hushfield migrate --describe`.',
    holds: ({ schemaIsOurs }) => schemaIsOurs,
  },
  {
    id: 'version',
    level: 'warning',
    good: 'The schema is of no newer version than this one.',
    bad: 'The database was brought forward by a newer version, which lets this one go on; rights that were added to new tables are not looked at. Finish the upgrade, or the way back, soon.',
    holds: ({ schemaIsAhead }) => !schemaIsAhead,
  },
  {
    id: 'tenant-keys',
    level: 'unsafe',
    good: 'The key store has every data key that the database knows.',
    bad: 'The key store lacks data keys that the database knows: it is an older copy, or has lost files, and the cards under them are shut. Put a newer copy in its place; see apps/docs/backup.md.',
    holds: ({ lostKeys }) => lostKeys === 0,
  },
  {
    id: 'roles',
    level: 'unsafe',
    good: 'The login has every role that it needs.',
    bad: 'The login is no member of a role that this process needs: what needs it fails, the order of the audit log among it, while the rest goes on. `hushfield migrate --help` names the roles; GRANT them.',
    holds: ({ missingRoles }) => missingRoles.length === 0,
  },
  {
    id: 'server',
    level: 'unsafe',
    good: 'The database server is of a version that this vault is tested with.',
    bad: 'The database server is older than PostgreSQL 15, which this vault is not tested with. Upgrade it.',
    holds: ofServer(({ version }) => version >= OLDEST_SERVER),
  },
  {
    id: 'fsync',
    level: 'unsafe',
    good: 'The database waits for its disk.',
    bad: 'The database runs with fsync, full_page_writes or synchronous_commit off: a crash or a power cut can lose acknowledged cards. Set all three to on.',
    holds: ofServer(({ durable }) => durable),
  },
  {
    id: 'nodes',
    level: 'unsafe',
    good: 'No more machines serve than the database is safe for.',
    bad: 'More than one machine serves, and the database is on one: with its loss, cards that all of them acknowledged are lost. Set synchronous_standby_names in PostgreSQL, and synchronous_commit to on. Where they are one machine, give its processes one NODE_NAME.',
    holds: ofServer(({ standbys, nodes }) => standbys || nodes < 2),
  },
  {
    id: 'standbys',
    level: 'warning',
    good: 'A card is acknowledged when another server of the database has it too.',
    bad: 'synchronous_standby_names is not set in PostgreSQL, or synchronous_commit does not wait for it: with the loss of the database’s machine, cards that were acknowledged just before are lost. A second machine does not start to serve without it.',
    // Of more than one machine, the rule above speaks.
    holds: ofServer(({ standbys, nodes }) => (nodes > 1 && !standbys ? undefined : standbys)),
  },
  {
    id: 'standby-away',
    level: 'warning',
    good: 'What commits wait for is there.',
    bad: 'synchronous_standby_names is set in PostgreSQL, and no such server is there: every commit waits for it, for ever. Bring one back, or name another.',
    holds: ofServer(({ standbys, standby_there }) => (standbys ? standby_there : undefined)),
  },
  {
    id: 'archive',
    level: 'warning',
    good: 'The log of the database is archived.',
    bad: 'archive_mode is off, or nothing is said that would archive (archive_command, archive_library): a backup brings back what there was when it was made, and nothing after. Set archive_mode and archive_command; see apps/docs/backup.md.',
    holds: ofServer(({ archives }) => archives),
  },
  {
    id: 'archiving',
    level: 'warning',
    good: 'The archive has taken the last piece of the log.',
    bad: 'The archive did not take the last piece of the log: a backup brings back nothing after it, and the disk of the database fills. See pg_stat_archiver, and the log of the server.',
    holds: ofServer(({ archives, archive_takes }) => (archives ? archive_takes : undefined)),
  },
  {
    id: 'checksums',
    level: 'warning',
    good: 'The database notices pages that its disk has changed.',
    bad: 'The database has no data checksums: what a disk changes is found when a card does not open. Run pg_checksums --enable while the server is stopped.',
    holds: ofServer(({ checksums }) => checksums),
  },
  {
    id: 'login',
    level: 'warning',
    good: 'The vault’s login has no rights of its own.',
    bad: 'The vault’s login may read cards past its roles, in the rows of every tenant: a superuser, the owner, or a member that inherits. Make one as `hushfield migrate --help` says, and migrate with another.',
    holds: ofServer(({ mighty }) => !mighty),
  },
  {
    id: 'database-tls',
    level: 'warning',
    good: 'The line to the database is encrypted.',
    bad: 'The line to the database is not encrypted: fingerprints and metadata can be read on the way. Add sslmode=verify-full to DATABASE_URL.',
    holds: ofServer(({ tls }) => tls),
  },
  {
    id: 'logged-values',
    level: 'warning',
    good: 'The database writes no values into its log.',
    bad: 'The database may write values of statements or of rows into its log. Set log_parameter_max_length = 0, log_parameter_max_length_on_error = 0 and log_error_verbosity = terse.',
    holds: ofServer(({ logs_values }) => !logs_values),
  },
  {
    id: 'passwords',
    level: 'warning',
    good: 'The database keeps passwords as SCRAM.',
    bad: 'password_encryption is not scram-sha-256: who reads the server’s catalogue can log in with what is there. Set it, and set the passwords of the logins anew.',
    holds: ofServer(({ scram }) => scram),
  },
  {
    id: 'idle-transactions',
    level: 'warning',
    good: 'The database ends transactions that nobody goes on with.',
    bad: 'idle_in_transaction_session_timeout is 0: a machine that vanishes in the middle of a transaction keeps its locks, and rotations wait for it. Set it to 60s.',
    holds: ofServer(({ ends_idle }) => ends_idle),
  },
  {
    id: 'folders',
    level: 'unsafe',
    good: 'Data, keys and PIN are for the vault’s own user only.',
    bad: 'Others on this machine may read the data directory, the key store or the PIN. Run chmod 700 on the folders and chmod 600 on the PIN file.',
    holds: ({ folders }) => folders.every(({ bits }) => (bits & 0o077) === 0),
  },
  {
    id: 'origins',
    level: 'warning',
    good: 'Every merchant origin is shown to be its merchant’s.',
    bad: 'There are merchant origins that nobody has shown to control: frames refuse them while there are several tenants. See `hushfield origin prove --help`.',
    holds: ({ unprovedOrigins }) => unprovedOrigins === 0,
  },
  {
    id: 'destinations-within',
    level: 'warning',
    good: 'No destination may be at a host within.',
    bad: ({ letThrough: { destinations } }) =>
      `Destinations may be at hosts within: ${destinations.join(', ')} (EGRESS_ALLOWED_ORIGINS). An administrator approves each, with its paths; name no origin that no card goes to.`,
    holds: ({ letThrough: { destinations } }) => destinations.length === 0,
  },
  {
    id: 'webhooks-within',
    level: 'warning',
    good: 'No endpoint for webhooks may be at a host within.',
    bad: ({ letThrough: { webhooks } }) =>
      `Endpoints for webhooks may be at hosts within: ${webhooks.join(', ')} (EGRESS_WEBHOOK_ORIGINS). Every tenant may have a POST sent there, to any path, and reads which status came back: name no origin that does something for whoever can reach it.`,
    holds: ({ letThrough: { webhooks } }) => webhooks.length === 0,
  },
];

/** Every rule, in the order of what matters most. */
export function judge(facts: Facts): Finding[] {
  return RULES.map(({ id, level, good, bad, holds }) => {
    const isGood = holds(facts);
    const say = (says: Says) => (typeof says === 'string' ? says : says(facts));
    if (isGood === undefined) return { id, level: 'skipped', says: `Not looked at: ${say(good)}` };
    return isGood ? { id, level: 'ok', says: say(good) } : { id, level, says: say(bad) };
  });
}

function isSecure(origin: string): boolean {
  return new URL(origin).protocol === 'https:';
}
