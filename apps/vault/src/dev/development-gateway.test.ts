import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { CREDENTIALS, recordOf } from '../../test/gateway.ts';
import { type TestVault, testVault } from '../../test/test-vault.ts';
import { readDestinations } from '../destinations/manage-destinations.ts';
import { developmentGateway } from './development-gateway.ts';

let whole: TestVault;
const folder = mkdtempSync(join(tmpdir(), 'hushfield-gateway-'));
const destinationFile = join(folder, 'destination.json');
beforeAll(async () => {
  whole = await testVault();
}, 60_000);
afterAll(async () => {
  await whole.close();
  rmSync(folder, { recursive: true });
});

const write = (port: number) =>
  writeFileSync(
    destinationFile,
    JSON.stringify({ record: recordOf(port), credentials: CREDENTIALS }),
  );
const start = (file: string | undefined = destinationFile) =>
  developmentGateway(whole.vault, whole.merchant.tenant, {
    dataDir: folder,
    destinationFile: file,
  });
const approved = () => {
  const { tenant } = whole.merchant;
  const { vault } = whole;
  return readDestinations(vault, vault.sql.as('api', tenant), { tenant, mode: 'test' });
};

it('keeps its id and key over starts, and replaces what says anything else', async () => {
  write(443);
  const first = await start();
  expect(await start()).toStrictEqual(first);
  expect(JSON.parse(readFileSync(join(folder, 'development-gateway.json'), 'utf8'))).toStrictEqual(
    first,
  );
  write(444);
  const other = await start();
  expect(other?.key).toBe(first?.key);
  expect((await approved()).map(({ id, port }) => [id, port])).toStrictEqual([
    [other?.destination, 444],
  ]);
});

it('gives a key that can have cards sent, and nothing else', async () => {
  const key = (await start())?.key ?? '';
  const status = async (method: 'GET' | 'POST', url: string) => {
    const headers = { authorization: `Bearer ${key}`, 'idempotency-key': 'x' };
    return (await whole.api.inject({ method, url, headers, payload: {} })).statusCode;
  };
  // Let in, and told that the request is none.
  expect(await status('POST', '/v1/forward')).toBe(400);
  expect(await status('GET', '/v1/destinations')).toBe(403);
  expect(await status('POST', '/v1/sessions')).toBe(403);
});

it('leaves nothing to charge through where it is told of none, and says what is wrong with a file', async () => {
  const none = { dataDir: folder, destinationFile: undefined };
  expect(await developmentGateway(whole.vault, whole.merchant.tenant, none)).toBeUndefined();
  expect(() => readFileSync(join(folder, 'development-gateway.json'))).toThrow('ENOENT');
  await expect(start(join(folder, 'absent.json'))).rejects.toThrow(/holds no destination/);
});
