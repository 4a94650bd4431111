import { merchantPages } from './pages.ts';
import type { Resources } from '../resources.ts';
import { SlowLink } from './slow-link.ts';
import { floorFiles, pageFiles, serve } from './static-server.ts';
import { startVault, type Vault } from './vault.ts';

/** A merchant's pages, the vault they use and the floors, on one network. */
export type Stage = { readonly shop: string; readonly vault: Vault };

type Place = { readonly portBase: number; readonly databaseUrl: string };

const [SHOP, FIELDS, API, FLOOR] = [0, 1, 2, 5];
/** Ports of the slow stage's near end, counted from its base. */
const NEAR = 10;

/** Pages on `localhost`, all frames on `127.0.0.1`: two sites, as a merchant's and ours are. */
const site = (port: number) => `http://127.0.0.1:${port}`;
const shopAt = (port: number) => `http://localhost:${port}`;

async function servePages(resources: Resources, portBase: number, vault: Vault, floor: string) {
  const { pk, fields } = vault;
  const pages = merchantPages({ fields, floor, pk });
  await serve(resources, portBase + SHOP, pageFiles(pages));
  await serve(resources, portBase + FLOOR, await floorFiles(fields, pk));
}

export async function openStage(resources: Resources, place: Place): Promise<Stage> {
  const vault = await startVault(resources, place);
  await servePages(resources, place.portBase, vault, site(place.portBase + FLOOR));
  return { shop: shopAt(place.portBase), vault };
}

/** The same with a slow link in front of every origin. */
export async function openSlowStage(resources: Resources, place: Place): Promise<Stage> {
  const far = place.portBase;
  const near = far + NEAR;
  const link = new SlowLink(resources);
  for (const port of [SHOP, FIELDS, API, FLOOR]) await link.before(far + port, near + port);
  const environment = {
    SHOP_ORIGIN: shopAt(near + SHOP),
    FIELDS_ORIGIN: site(near + FIELDS),
    API_ORIGIN: site(near + API),
  };
  const vault = await startVault(resources, { ...place, environment });
  await servePages(resources, far, vault, site(near + FLOOR));
  return { shop: shopAt(near + SHOP), vault };
}
