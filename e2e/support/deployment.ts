import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { layEmptyDatabase } from './empty-database.ts';
import { GatewayDouble } from './gateway-double.ts';
import { freePortBase } from './ports.ts';
import { ServerProcess } from './server-process.ts';

/** A merchant's keys as the vault wrote them at its first start. */
export type MerchantKeys = { readonly publishableKey: string; readonly secretKey: string };

/** A vault and a shop of their own, on ports and data of their own. */
export type Deployment = {
  readonly dataDir: string;
  readonly shopOrigin: string;
  readonly fieldsOrigin: string;
  /** Where the browser calls; a test's proxy may stand there. */
  readonly apiOrigin: string;
  /** Where the vault itself listens. */
  readonly vaultApi: string;
  /** Where health, readiness and metrics are. */
  readonly operate: string;
  readonly portBase: number;
  readonly keys: MerchantKeys;
  readonly vault: ServerProcess;
  readonly shop: ServerProcess;
  /** What the shop charges; none unless it was asked for. */
  readonly gateway: GatewayDouble | undefined;
  startVault(): Promise<void>;
  startShop(): Promise<void>;
  /** Everything the servers wrote. */
  logs(): string;
  /** Stops all; the data stays. */
  stop(): Promise<void>;
  /** Stops all and removes the data. */
  dispose(): Promise<void>;
};

type Options = {
  /** Start the shop too; default true. */
  shop?: boolean;
  /** Start a double of a gateway too, and have the shop charge it; default false. */
  gateway?: boolean;
  databaseUrl?: string;
  /** More environment for the vault, once the ports are known. */
  env?: (portBase: number) => Record<string, string>;
};

/** All tests together come from one address with a few BINs, as no crowd of shoppers does. */
const CROWD = {
  LIMIT_TOKENIZE_PER_ADDRESS: '1000000/h',
  LIMIT_TOKENIZE_PER_BIN: '1000000/h',
  LIMIT_TOKENIZE_PER_KEY: '1000000/h',
};

function readKeys(dataDir: string): MerchantKeys {
  const { publishableKey, secretKey }: Record<string, unknown> = JSON.parse(
    readFileSync(join(dataDir, 'development.json'), 'utf8'),
  );
  return { publishableKey: String(publishableKey), secretKey: String(secretKey) };
}

/** Starts a real deployment and waits until it answers. */
export async function deploy(options: Options = {}): Promise<Deployment> {
  const portBase = await freePortBase();
  const dataDir = mkdtempSync(join(tmpdir(), 'hushfield-e2e-'));
  if (options.databaseUrl === undefined) layEmptyDatabase(dataDir);
  const gateway = options.gateway ? new GatewayDouble(portBase, dataDir) : undefined;
  const extra = { ...gateway?.forVault, ...options.env?.(portBase) };
  const env = {
    PORT_BASE: String(portBase),
    HUSHFIELD_DATA_DIR: dataDir,
    ...CROWD,
    ...(options.databaseUrl === undefined ? {} : { DATABASE_URL: options.databaseUrl }),
    ...extra,
  };
  const vault = new ServerProcess('apps/vault/dist/main.js', env);
  const shop = new ServerProcess('apps/shop/src/main.ts', env);
  const local = (host: string, offset: number) => `http://${host}:${portBase + offset}`;
  const vaultApi = local('127.0.0.1', 2);
  const operate = local('127.0.0.1', 4);
  const startVault = () => vault.start(`${operate}/readyz`);
  const startShop = () => shop.start(`${local('localhost', 0)}/healthz`);
  const stop = async () => {
    await Promise.all([shop.stop(), vault.stop(), gateway?.process.stop()]);
  };
  const dispose = async () => {
    await stop().finally(() => rmSync(dataDir, { recursive: true, force: true }));
  };
  try {
    await gateway?.start();
    await startVault();
    if (options.shop ?? true) await startShop();
  } catch (error) {
    await Promise.all([shop.kill(), vault.kill(), gateway?.process.kill()]);
    rmSync(dataDir, { recursive: true, force: true });
    throw error;
  }
  return {
    dataDir,
    shopOrigin: local('localhost', 0),
    fieldsOrigin: local('127.0.0.1', 1),
    apiOrigin: extra['API_ORIGIN'] ?? vaultApi,
    vaultApi,
    operate,
    portBase,
    keys: readKeys(dataDir),
    vault,
    shop,
    gateway,
    startVault,
    startShop,
    logs: () => vault.output + shop.output + (gateway?.process.output ?? ''),
    stop,
    dispose,
  };
}
