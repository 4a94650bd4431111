import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { createAuthority } from '../../test/certificates.ts';
import { answer, startPeer } from '../../test/peer.ts';
import { StartError } from '../config.ts';
import { openEgress } from './open-egress.ts';

const folder = mkdtempSync(join(tmpdir(), 'hushfield-egress-'));
afterAll(() => rmSync(folder, { recursive: true }));

function fileOf(text: string): string {
  const file = join(folder, 'ca.pem');
  writeFileSync(file, text);
  return file;
}

test('calls an origin within over TLS of an authority that the operator named', async () => {
  const [one, two] = [await createAuthority(), await createAuthority()];
  const paper = await two.issue(['127.0.0.1']);
  await using peer = await startPeer({ paper, said: (socket) => void socket.end(answer('{}')) });
  const origin = `https://127.0.0.1:${peer.port}`;
  const caFile = fileOf(`two of them\n${one.cert}\n${two.cert}\n`);
  const egress = openEgress({ allowed: [origin], caFile });
  const request = { method: 'GET', headers: [], body: null, within: 5_000, maxBytes: 100 };
  expect((await egress.send({ ...request, url: new URL(origin) })).status).toBe(200);
});

test.each([
  ['nothing', ''],
  ['something else', 'roots'],
  ['a broken certificate', '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----'],
])('attacks: a file of %s is no start', (_name, text) => {
  expect(() => openEgress({ allowed: [], caFile: fileOf(text) })).toThrow(StartError);
});

test('attacks: a file that is not there is no start', () => {
  expect(() => openEgress({ allowed: [], caFile: join(folder, 'gone') })).toThrow(StartError);
});
