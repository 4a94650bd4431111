import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { type Deployment, deploy, type MerchantKeys } from './deployment.ts';

/** A vault with two tenants, both registered for the same page: one of them is no friend of the other. */
export type TwoMerchants = { readonly deployment: Deployment; readonly rival: MerchantKeys };

/** A development vault makes a merchant when it knows none, and keeps all it ever made. */
export async function twoMerchants(): Promise<TwoMerchants> {
  const deployment = await deploy({ shop: false });
  try {
    const file = join(deployment.dataDir, 'development.json');
    await deployment.vault.stop();
    rmSync(file);
    await deployment.startVault();
    const made: Record<string, unknown> = JSON.parse(readFileSync(file, 'utf8'));
    const { publishableKey, secretKey } = made;
    const rival = { publishableKey: String(publishableKey), secretKey: String(secretKey) };
    return { deployment, rival };
  } catch (error) {
    await deployment.dispose();
    throw error;
  }
}
