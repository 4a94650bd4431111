import { afterAll, beforeAll, expect, test } from 'vitest';
import { ask } from '../../test/backend.ts';
import { sealedRequest, post } from '../../test/sealed-request.ts';
import { sessionFor } from '../../test/sessions.ts';
import { type TestVault, testVault } from '../../test/test-vault.ts';
import { assemble } from '../assemble.ts';
import { createFieldsApp } from '../fields/fields-app.ts';
import { loadBrandIcons } from '../fields/brand-icons.ts';
import { loadFonts } from '../fields/fonts.ts';
import { loadFrameDist } from '../fields/frame-dist.ts';
import { loadSdkDist } from '../fields/sdk-dist.ts';
import type { NodeRole } from '../role.ts';
import { createApiApp } from '../routes/api-app.ts';
import type { Vault } from '../vault.ts';
import { runWorkerRound } from '../worker/worker.ts';
import { closeKeys } from './forget-keys.ts';
import { directoryKek } from './kek/directory-kek.ts';

let it: TestVault;
beforeAll(async () => {
  it = await testVault();
}, 60_000);
afterAll(() => it.close());

/** A node of these roles, and what it has ever unwrapped. */
async function node(role: NodeRole) {
  const { sql, now, steady, log } = it.vault;
  const unwrapped = new Set<string>();
  const kek = directoryKek(it.config.keyStoreDir);
  const spying: typeof kek = {
    ...kek,
    unwrap(label, blob) {
      unwrapped.add(label.replace(/^(?<kind>receive|tenants|code-key)\/.*/, '$<kind>'));
      return kek.unwrap(label, blob);
    },
  };
  const opener = { roles: [role], fills: true };
  const vault = await assemble(it.config, { sql, now, steady, log }, opener, spying);
  return { vault, unwrapped: () => [...unwrapped].toSorted() };
}

async function serveFields(vault: Vault) {
  const dist = {
    frames: loadFrameDist(it.config.fieldsDist),
    sdk: loadSdkDist(it.config.sdkDist),
    fonts: loadFonts(it.config.fontsDir),
    icons: loadBrandIcons(it.config.brandIconsDir),
  };
  const app = createFieldsApp(vault, dist);
  for (const name of ['field', 'controller']) {
    const url = `/f1/${it.merchant.publishableKey}/${name}`;
    const answer = await app.inject({ url, headers: { 'sec-fetch-dest': 'iframe' } });
    expect(answer.statusCode).toBe(200);
  }
  await app.close();
}

async function serveApi(vault: Vault) {
  const at = { ...it, vault, api: createApiApp(vault) };
  const session = await sessionFor(at);
  const { body } = await sealedRequest(it, { session });
  expect((await post(at, body)).statusCode).toBe(200);
  expect((await at.api.inject('/v1/keys/manifest')).statusCode).toBe(200);
  const tokens = await ask(at, it.merchant.secretKey, 'GET', '/v1/tokens?customer=nobody');
  expect(tokens.status).toBe(200);
  await at.api.close();
}

/* What is never in a process cannot be taken from it: neither who signs lists, nor the root, nor, in front of
 * the frames, what opens a card. */
test.each<[NodeRole, (vault: Vault) => Promise<void>, string[]]>([
  ['fields', serveFields, ['pepper', 'session', 'ticket']],
  ['api', serveApi, ['code-key', 'pepper', 'receive', 'session', 'tenants', 'ticket']],
  // A day later it signs anew, by the word that it was given.
  ['worker', runWorkerRound, ['audit', 'manifest', 'receive']],
])(
  'a process that is %s alone unwraps what it uses, and nothing else',
  async (role, serve, all) => {
    const { vault, unwrapped } = await node(role);
    await serve(vault);
    if (role === 'worker') it.time.now += 25 * 60 * 60 * 1000;
    if (role === 'worker') await serve(vault);
    closeKeys(vault);
    expect(unwrapped()).toStrictEqual(all);
  },
);
