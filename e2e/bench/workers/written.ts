export type InsertSettings = {
  readonly databaseUrl: string;
  /** As many connections as the vault keeps. */
  readonly connections: number;
};
export type InsertJob = { readonly count: number; readonly connections: number };

/** What one tokenization writes; a row of each belongs to the same token. */
export const WRITTEN = ['tokens', 'cards', 'security_codes', 'attempts', 'audit_entries'] as const;
export type Table = (typeof WRITTEN)[number];
