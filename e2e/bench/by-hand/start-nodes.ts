import { createDatabase } from '../stage/postgres.ts';
import { startVault, type Vault } from '../stage/vault.ts';
import type { Resources } from '../resources.ts';
import type { Place } from '../workers/sealed.ts';

/** Starts nodes of one deployment on an empty database; gives where each answers, and its URL. */
export async function startNodes(
  resources: Resources,
  count: number,
  environment: Readonly<Record<string, string>> = {},
): Promise<{ readonly places: readonly Place[]; readonly databaseUrl: string }> {
  const server = process.env['HUSHFIELD_TEST_PG'];
  if (!server) throw new Error('HUSHFIELD_TEST_PG must name a PostgreSQL server');
  const databaseUrl = await createDatabase(server, 'hushfield_by_hand');
  const base = Number(process.env['PORT_BASE'] ?? 7600);
  const shop = `http://localhost:${base}`;
  const first = await startVault(resources, { portBase: base, databaseUrl, environment });
  const { dataDir, fields, api, pk } = first;
  const shared = { SHOP_ORIGIN: shop, FIELDS_ORIGIN: fields, API_ORIGIN: api };
  const vaults: Vault[] = [first];
  for (let node = 1; node < count; node += 1) {
    const portBase = base + node * 10;
    const own = { ...environment, ...shared };
    vaults.push(await startVault(resources, { portBase, databaseUrl, dataDir, environment: own }));
  }
  const places = vaults.map(({ apiPort }) => ({
    fields,
    api: `http://127.0.0.1:${apiPort}`,
    pk,
    shop,
  }));
  return { places, databaseUrl };
}
