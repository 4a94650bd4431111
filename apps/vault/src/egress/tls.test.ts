import { beforeAll, describe, expect, test } from 'vitest';
import {
  type Authority,
  createAuthority,
  type Paper,
  selfSigned,
} from '../../test/certificates.ts';
import { answer, startPeer } from '../../test/peer.ts';
import { EgressError } from './egress-error.ts';
import { createEgress } from './send.ts';

let [ours, theirs]: Authority[] = [];
beforeAll(async () => {
  [ours, theirs] = [await createAuthority(), await createAuthority()];
});

/** Asks a host of this name, that this certificate vouches for. */
async function ask(paper: Paper, host = 'gateway.example') {
  await using peer = await startPeer({
    paper,
    said: (socket) => void socket.end(answer('{"ok":true}')),
  });
  const origin = `https://${host}:${peer.port}`;
  const egress = createEgress({
    allowed: [origin],
    ca: ours?.cert ?? '',
    resolve: () => Promise.resolve(['127.0.0.1']),
  });
  const outcome = await egress
    .send({
      ...{ url: new URL(`${origin}/v1/charge`), method: 'POST', headers: [['a', 'b']] as const },
      ...{ body: Buffer.from('{"secret":1}'), within: 5_000, maxBytes: 1_000 },
    })
    .catch((error: unknown) => {
      if (error instanceof EgressError) return error;
      throw error;
    });
  return {
    outcome,
    heard: peer.heard(),
    connections: peer.connections(),
    authority: `${host}:${peer.port}`,
  };
}

const issue = (names: string[], days?: { from: number; to: number }) => {
  if (ours === undefined) throw new Error('too early');
  return ours.issue(names, days);
};

describe('a certificate', () => {
  test('of that name is enough, and the name is in the request', async () => {
    const { outcome, heard, authority } = await ask(await issue(['gateway.example']));
    expect(outcome).toMatchObject({ status: 200 });
    expect(heard).toBe(
      [
        'POST /v1/charge HTTP/1.1',
        `host: ${authority}`,
        'connection: close',
        'accept-encoding: identity',
        'content-length: 12',
        'a: b',
        '',
        '{"secret":1}',
      ].join('\r\n'),
    );
  });

  test('of an address is enough for that address', async () => {
    const { outcome } = await ask(await issue(['127.0.0.1']), '127.0.0.1');
    expect(outcome).toMatchObject({ status: 200 });
  });

  test.each([
    ['another name', ['other.example'], undefined, 'ERR_TLS_CERT_ALTNAME_INVALID'],
    ['the address it has', ['127.0.0.1'], undefined, 'ERR_TLS_CERT_ALTNAME_INVALID'],
    ['a name below', ['*.gateway.example'], undefined, 'ERR_TLS_CERT_ALTNAME_INVALID'],
    ['all of a suffix', ['*.example', '*'], undefined, 'ERR_TLS_CERT_ALTNAME_INVALID'],
    ['that name, last week', ['gateway.example'], { from: -8, to: -1 }, 'CERT_HAS_EXPIRED'],
    ['that name, next week', ['gateway.example'], { from: 1, to: 8 }, 'CERT_NOT_YET_VALID'],
  ])('attacks: of %s hears nothing', async (_name, names, days, code) => {
    const { outcome, heard, connections } = await ask(await issue(names, days));
    expect(outcome).toMatchObject({ known: 'not_sent', reason: 'tls_failed', code });
    expect([heard, connections]).toStrictEqual(['', 1]);
  });

  test('attacks: that vouches for itself hears nothing', async () => {
    const { outcome, heard } = await ask(await selfSigned('gateway.example'));
    const code = 'DEPTH_ZERO_SELF_SIGNED_CERT';
    expect(outcome).toMatchObject({ known: 'not_sent', reason: 'tls_failed', code });
    expect(heard).toBe('');
  });

  test('attacks: of an authority nobody knows hears nothing', async () => {
    const paper = await theirs?.issue(['gateway.example']);
    const { outcome, heard } = await ask(paper ?? { cert: '', key: '' });
    expect(outcome).toMatchObject({ known: 'not_sent', reason: 'tls_failed' });
    expect(heard).toBe('');
  });

  test('attacks: is looked at whatever the environment says', async () => {
    process.env['NODE_TLS_REJECT_UNAUTHORIZED'] = '0';
    try {
      const { outcome, heard } = await ask(await selfSigned('gateway.example'));
      expect(outcome).toMatchObject({ known: 'not_sent', reason: 'tls_failed' });
      expect(heard).toBe('');
    } finally {
      delete process.env['NODE_TLS_REJECT_UNAUTHORIZED'];
    }
  });
});
