import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import * as z from 'zod';

const Keys = z.object({
  publishableKey: z.string().regex(/^pk_/),
  secretKey: z.string().regex(/^sk_/),
});

/** The publishable key goes into the page; the secret key never leaves this process. */
export type Keys = z.infer<typeof Keys>;

const GatewayKeys = z.object({
  destination: z.string().regex(/^dst_/),
  key: z.string().regex(/^rk_/),
});

/** Where the vault may send this shop's cards, and the key that may have them sent: it can do nothing else. */
export type GatewayKeys = z.infer<typeof GatewayKeys>;

const WAIT_MS = 30_000;
const PAUSE_MS = 200;

/**
 * The merchant's two keys: from the environment, or from the file a development vault writes when it
 * first starts, which may be a moment away.
 *
 * @throws Error when neither is there in time.
 */
export async function readKeys(
  environment: Readonly<Record<string, string | undefined>>,
  dataDir: string | undefined,
): Promise<Keys> {
  const given = Keys.safeParse({
    publishableKey: environment['HUSHFIELD_PUBLISHABLE_KEY'],
    secretKey: environment['HUSHFIELD_SECRET_KEY'],
  });
  if (given.success) return given.data;
  if (dataDir === undefined) {
    throw new Error(
      'Set HUSHFIELD_PUBLISHABLE_KEY and HUSHFIELD_SECRET_KEY, or HUSHFIELD_DATA_DIR.',
    );
  }
  const path = join(dataDir, 'development.json');
  for (const deadline = Date.now() + WAIT_MS; Date.now() < deadline; await pause(PAUSE_MS)) {
    const keys = await read(path);
    if (keys) return keys;
  }
  throw new Error(`No vault has written its development keys to ${path}.`);
}

/**
 * What charging needs, from the environment or from where a development vault leaves it; nothing where this shop has no
 * gateway.
 */
export async function readGatewayKeys(
  environment: Readonly<Record<string, string | undefined>>,
  dataDir: string | undefined,
): Promise<GatewayKeys | undefined> {
  const given = GatewayKeys.safeParse({
    destination: environment['HUSHFIELD_DESTINATION'],
    key: environment['HUSHFIELD_FORWARD_KEY'],
  });
  if (given.success || dataDir === undefined) return given.data;
  const text = await readFile(join(dataDir, 'development-gateway.json'), 'utf8').catch(
    () => 'null',
  );
  return GatewayKeys.nullable().parse(JSON.parse(text)) ?? undefined;
}

async function read(path: string): Promise<Keys | undefined> {
  try {
    return Keys.parse(JSON.parse(await readFile(path, 'utf8')));
  } catch {
    return undefined;
  }
}
