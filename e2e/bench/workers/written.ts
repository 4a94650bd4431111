/** What a vault is asked, each with a floor of its own: the least that does it in the database. */
export const ACTS = ['tokenize', 'get', 'reveal'] as const;
export type Act = (typeof ACTS)[number];

/** Where the floor does its work: a server, or the folder of an embedded database that nobody has open. */
export type FloorSettings =
  | {
      readonly databaseUrl: string;
      /** As many connections as the vault keeps. */
      readonly connections: number;
    }
  | { readonly folder: string };
export type FloorJob = { readonly act: Act; readonly count: number; readonly connections: number };

/** What one tokenization writes; a row of each belongs to the same token. */
export const WRITTEN = ['tokens', 'cards', 'security_codes', 'attempts', 'audit_entries'] as const;
export type Table = (typeof WRITTEN)[number];
