export type Row = Readonly<Record<string, unknown>>;

/** The one way to the database. Values are always bound, so no query text ever holds data. */
export type Sql = {
  /** `name` makes it a prepared statement where the engine keeps them. */
  query(text: string, values?: readonly unknown[], name?: string): Promise<readonly Row[]>;
};

/** What the database lets a part of the vault do; see the grants in `sql/`. */
export type Role =
  | 'api'
  | 'fields'
  | 'worker'
  | 'rotator'
  | 'admin'
  | 'sequencer'
  | 'auditor'
  | 'forwarder';

/** Who asks, and in whose rows. Only the roles that serve every tenant go without one. */
export type Scope = { readonly role: Role; readonly tenant?: string | undefined };

/** Whoever logged in, past all roles: migrations, and tests. */
export type Owner = Sql & {
  /** Several statements without values. */
  script(text: string): Promise<void>;
  transaction<T>(work: (sql: Omit<Owner, 'transaction'>) => Promise<T>): Promise<T>;
};

export type Database = {
  readonly engine: 'embedded' | 'postgres';
  /** Each query is a transaction of its own, in one round trip. */
  as(role: Role, tenant?: string): Sql;
  /** Commits when `work` resolves; rolls back, and throws the same error, when it rejects. */
  transaction<T>(scope: Scope, work: (sql: Sql) => Promise<T>): Promise<T>;
  readonly owner: Owner;
  /** The connections now, where there are several. */
  readonly pool?: () => PoolState;
  close(): Promise<void>;
};

/** How many connections there are, how many could be, and who waits for one. */
export type PoolState = Readonly<Record<'open' | 'idle' | 'most' | 'waiting', number>>;

const TENANT = /^ten_[0-9A-Za-z]{22}$/;

/**
 * What a transaction says first. `SET LOCAL` ends with it, whatever pool the connection goes back
 * to, and binds the embedded engine's superuser too.
 *
 * @throws TypeError for a text that is no tenant id: it stands in a statement, and must not be one.
 */
export function entering({ role, tenant }: Scope): string {
  if (tenant !== undefined && !TENANT.test(tenant)) throw new TypeError('not a tenant id');
  return `SET LOCAL ROLE hushfield_${role}; SET LOCAL hushfield.tenant = '${tenant ?? ''}'`;
}

/** Both engines' bytes in one form: pg gives a Buffer, PGlite a Uint8Array. */
export function plainRow(row: object): Row {
  const entries = Object.entries(row).map(([name, value]) => [name, plainValue(value)]);
  return Object.fromEntries(entries);
}

function plainValue(value: unknown): unknown {
  return Buffer.isBuffer(value) ? Uint8Array.from(value) : value;
}
