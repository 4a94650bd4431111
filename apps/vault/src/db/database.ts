import { openEmbedded } from './embedded.ts';
import { openPostgres } from './postgres.ts';
import type { Database } from './sql.ts';

export type DatabasePlace = {
  readonly url: string | undefined;
  readonly dataDir: string;
  readonly node?: string;
};

/** Opens PostgreSQL when there is a URL, else the embedded database under its own lock. */
export async function openDatabase(place: DatabasePlace): Promise<Database> {
  return place.url === undefined
    ? openEmbedded(place.dataDir)
    : openPostgres(place.url, {}, place.node);
}
