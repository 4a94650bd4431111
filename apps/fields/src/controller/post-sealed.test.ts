import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { ReplyPlaintext } from '@hushfield/contract/http';
import { afterEach, describe, expect, it } from 'vitest';
import { toBase64url } from './base64url.ts';
import { postSealed } from './post-sealed.ts';
import type { SealedPlaintext } from './seal-plaintext.ts';

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});

async function listen(handler: RequestListener): Promise<string> {
  const server = createServer(handler);
  servers.push(server);
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const reply = toBase64url(new Uint8Array(1052));
const refusal = {
  ok: false,
  error: { type: 'validation_error', code: 'invalid_number', message: '', retryable: false },
};

/** A card whose reply opens to `opened`; sealing itself is proven in the crypto room. */
function makeSealed(opened: unknown = refusal): SealedPlaintext {
  const body = {
    v: 1,
    ticket: 't',
    parentOrigin: 'https://s.example',
    attempt: 1,
    kid: 'k',
    enc: 'e',
    ct: 'c',
  } as const;
  return { body, openReply: () => new TextEncoder().encode(JSON.stringify(opened)) };
}

const never = new AbortController().signal;
const problem = (status: number, code: string) => ({
  type: `urn:hushfield:error:${code}`,
  title: code,
  status,
  code,
  retryable: false,
  requestId: 'req_1',
});

describe('posting a sealed card', () => {
  it('opens the sealed answer', async () => {
    const api = await listen((_, response) => response.end(JSON.stringify({ v: 1, reply })));
    expect(await postSealed(api, makeSealed(), ReplyPlaintext, never)).toStrictEqual(refusal);
  });

  it('sends the same bytes again while the vault is away', async () => {
    const bodies: string[] = [];
    const api = await listen((request, response) => {
      let body = '';
      request.on('data', (chunk) => (body += chunk));
      request.on('end', () => {
        bodies.push(body);
        if (bodies.length === 1) return void request.socket.destroy();
        response.statusCode = bodies.length === 2 ? 503 : 200;
        response.end(
          JSON.stringify(
            bodies.length === 2 ? problem(503, 'service_unavailable') : { v: 1, reply },
          ),
        );
      });
    });
    expect(await postSealed(api, makeSealed(), ReplyPlaintext, never)).toStrictEqual(refusal);
    expect(bodies).toHaveLength(3);
    expect(new Set(bodies).size).toBe(1);
  });

  it.each([
    [401, 'unauthorized'],
    [409, 'idempotency_conflict'],
    [429, 'rate_limited'],
    [400, 'invalid_request'],
  ])('passes on what the vault says with %i, once', async (status, code) => {
    let asked = 0;
    const api = await listen((_, response) => {
      asked += 1;
      response.statusCode = status;
      response.end(JSON.stringify(problem(status, code)));
    });
    const result = await postSealed(api, makeSealed(), ReplyPlaintext, never);
    expect(result).toMatchObject({ ok: false, error: { code, requestId: 'req_1' } });
    expect(asked).toBe(1);
  });

  it('makes a constant error of an answer it does not understand', async () => {
    const api = await listen((_, response) => {
      response.statusCode = 500;
      response.end(JSON.stringify({ message: '4242424242424242' }));
    });
    expect(await postSealed(api, makeSealed(), ReplyPlaintext, never)).toMatchObject({
      ok: false,
      error: {
        code: 'service_unavailable',
        message: 'The payment service is not available right now.',
      },
    });
  });

  it.each([
    [429, 'rate_limited'],
    [500, 'service_unavailable'],
    [403, 'service_unavailable'],
  ])('takes a page of an edge, with %i, for %s, and asks no second time', async (status, code) => {
    let asked = 0;
    const api = await listen((_, response) => {
      asked += 1;
      response.statusCode = status;
      response.end('<h1>Not now</h1>');
    });
    const result = await postSealed(api, makeSealed(), ReplyPlaintext, never);
    expect(result).toMatchObject({ ok: false, error: { code } });
    expect(asked).toBe(1);
  });

  it('asks again after a page of an edge that has lost the vault', async () => {
    let asked = 0;
    const api = await listen((_, response) => {
      asked += 1;
      if (asked > 1) return void response.end(JSON.stringify({ v: 1, reply }));
      response.statusCode = 502;
      response.end('<h1>Bad gateway</h1>');
    });
    expect(await postSealed(api, makeSealed(), ReplyPlaintext, never)).toStrictEqual(refusal);
    expect(asked).toBe(2);
  });

  it('stops at once when the page gives up', async () => {
    const api = await listen(() => {});
    const abort = new AbortController();
    setTimeout(() => abort.abort(), 30);
    expect(await postSealed(api, makeSealed(), ReplyPlaintext, abort.signal)).toMatchObject({
      ok: false,
      error: { code: 'aborted' },
    });
  });

  it('stops between tries when the page gives up', async () => {
    const abort = new AbortController();
    setTimeout(() => abort.abort(), 50);
    const result = await postSealed(
      'http://127.0.0.1:1',
      makeSealed(),
      ReplyPlaintext,
      abort.signal,
    );
    expect(result).toMatchObject({ ok: false, error: { code: 'aborted' } });
  });
});
