import { createLog } from '../src/app/log.ts';
import { assemble } from '../src/assemble.ts';
import { createApiApp } from '../src/routes/api-app.ts';
import type { EngineName } from './engines.ts';
import { type TestVault, testVault } from './test-vault.ts';

/** A vault, and another node of it with a memory of its own. */
export async function twoNodes(engine: EngineName) {
  const it = await testVault({ engine });
  const another = async (): Promise<TestVault> => {
    const log = createLog('info', (line) => it.lines.push(line));
    const vault = await assemble(it.config, { sql: it.vault.sql, now: () => it.time.now, log });
    return { ...it, vault, api: createApiApp(vault) };
  };
  const node = await another();
  const close = async () => {
    await node.api.close();
    node.vault.keys.close();
    await it.close();
  };
  return { it, node, another, close };
}
