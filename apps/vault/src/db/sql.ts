export type Row = Readonly<Record<string, unknown>>;

/** The one way to the database. Values are always bound, so no query text ever holds data. */
export type Sql = {
  /** `name` makes it a prepared statement where the engine keeps them. */
  query(text: string, values?: readonly unknown[], name?: string): Promise<readonly Row[]>;
  /** Several statements without values: migrations only. */
  script(text: string): Promise<void>;
};

export type Database = Sql & {
  readonly engine: 'embedded' | 'postgres';
  /** Commits when `work` resolves; rolls back, and throws the same error, when it rejects. */
  transaction<T>(work: (sql: Sql) => Promise<T>): Promise<T>;
  close(): Promise<void>;
};

/** Both engines' bytes in one form: pg gives a Buffer, PGlite a Uint8Array. */
export function plainRow(row: object): Row {
  const entries = Object.entries(row).map(([name, value]) => [name, plainValue(value)]);
  return Object.fromEntries(entries);
}

function plainValue(value: unknown): unknown {
  return Buffer.isBuffer(value) ? Uint8Array.from(value) : value;
}
