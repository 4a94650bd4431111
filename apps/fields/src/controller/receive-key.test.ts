import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { ControllerBoot } from '@hushfield/contract/boot';
import {
  generateSigningSeed,
  importSigningSeed,
  type ManifestBundle,
  signDelegation,
  signManifest,
} from '@hushfield/crypto/manifest';
import { generateReceiveSeed, importReceiveSeed } from '@hushfield/crypto/open';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { toBase64url } from './base64url.ts';
import { engineOf } from './engine.ts';
import { ReceiveKeys } from './receive-key.ts';

const NOW = 1_795_000_000;
const HOUR = 3_600;
const root = importSigningSeed(generateSigningSeed());
const signer = importSigningSeed(generateSigningSeed());
const delegation = signDelegation(root, {
  env: 'test',
  nbf: NOW - HOUR,
  exp: NOW + 30 * 24 * HOUR,
  manifestKey: signer.publicKey,
});

function makeBundle(
  seq: number,
  lives: readonly [nbf: number, exp: number][],
  by = signer,
): ManifestBundle {
  const keys = lives.map(([nbf, exp]) => ({
    publicKey: importReceiveSeed(generateReceiveSeed()).publicKey,
    nbf,
    exp,
  }));
  const manifest = signManifest(by, {
    env: 'test',
    seq,
    nbf: NOW - HOUR,
    exp: NOW + 48 * HOUR,
    keys,
  });
  return { ...delegation, ...manifest };
}

let server: Server;
let asked = 0;
/** What the API answers next; undefined closes the line. */
let answer: ManifestBundle | undefined;
beforeEach(async () => {
  asked = 0;
  server = createServer((request, response) => {
    asked += 1;
    if (answer === undefined) request.socket.destroy();
    else response.end(JSON.stringify(answer));
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
});
afterEach(() => {
  server.closeAllConnections();
  server.close();
});

function makeKeys(clock: () => number, minSeq = 1): ReceiveKeys {
  const boot = ControllerBoot.parse({
    texts: {},
    v: 1,
    mode: 'test',
    key: `pk_test_${'A'.repeat(46)}`,
    origins: ['https://shop.example'],
    now: NOW,
    api: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    ticket: 'x',
    root: toBase64url(root.publicKey),
    sessionKeys: [toBase64url(signer.publicKey)],
    minSeq,
  });
  return new ReceiveKeys(boot, engineOf(), clock);
}

const today: [number, number][] = [[NOW - HOUR, NOW + HOUR]];

describe('the key a card is sealed to', () => {
  it('is fetched once and kept', async () => {
    answer = makeBundle(5, today);
    const keys = makeKeys(() => NOW);
    const first = await keys.current();
    expect(await keys.current()).toBe(first);
    expect([first.seq, asked]).toStrictEqual([5, 1]);
  });

  it('is replaced before it ends', async () => {
    let now = NOW;
    answer = makeBundle(5, today);
    const keys = makeKeys(() => now);
    const first = await keys.current();
    now = NOW + HOUR - 60;
    answer = makeBundle(6, [...today, [NOW, NOW + 24 * HOUR]]);
    const second = await keys.current();
    expect([second.kid === first.kid, second.seq, asked]).toStrictEqual([false, 6, 2]);
  });

  it('can be had after the network failed', async () => {
    answer = undefined;
    const keys = makeKeys(() => NOW);
    await expect(keys.current()).rejects.toThrow();
    answer = makeBundle(5, today);
    expect((await keys.current()).seq).toBe(5);
  });

  it('is never taken from an older manifest than one seen before', async () => {
    let now = NOW;
    answer = makeBundle(5, today);
    const keys = makeKeys(() => now);
    await keys.current();
    now = NOW + HOUR - 60;
    answer = makeBundle(4, [[NOW, NOW + 24 * HOUR]]);
    await expect(keys.current()).rejects.toMatchObject({ code: 'manifest_invalid' });
  });

  it.each([
    ['is rolled back below what the document knows', () => makeBundle(5, today), 6],
    [
      'was signed by another',
      () => makeBundle(5, today, importSigningSeed(generateSigningSeed())),
      1,
    ],
    ['has no key for now', () => makeBundle(5, [[NOW + HOUR, NOW + 2 * HOUR]]), 1],
    [
      'was changed on the way',
      () => {
        const bundle = makeBundle(5, today);
        return { ...bundle, manifest: bundle.manifest.replace('"seq":5', '"seq":6') };
      },
      1,
    ],
  ])('is not taken from a manifest that %s', async (_, make, minSeq) => {
    answer = make();
    await expect(makeKeys(() => NOW, minSeq).current()).rejects.toMatchObject({
      code: 'manifest_invalid',
    });
  });
});
