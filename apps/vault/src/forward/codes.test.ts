import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { ENGINES } from '../../test/engines.ts';
import { type Forwarding, forwarding, whole } from '../../test/forwarding.ts';
import { openCode } from '../../test/open-code.ts';
import { collectCode, GOOD } from '../../test/sealed-request.ts';
import { runWorkerRound } from '../worker/worker.ts';

describe.each(ENGINES)('a security code that is sent, on %s', { timeout: 60_000 }, (engine) => {
  let f: Forwarding;
  let token: string;
  beforeAll(async () => {
    f = await forwarding(engine);
  }, 60_000);
  afterAll(() => f.close());
  beforeEach(async () => {
    token = await f.card();
    f.gateway.heard.length = 0;
    f.gateway.answers((response) => response.end('{}'));
  });

  const pay = (more: object = {}, name = randomUUID()) =>
    f.forward(
      { destination: f.destination, path: '/v1/charges', body: whole(token), ...more },
      { name },
    );
  const held = () => openCode(f.it, token);

  test('dies with the first answer, whatever it says', async () => {
    f.gateway.answers((response) => response.writeHead(402).end('declined'));
    expect((await pay()).status).toBe(200);
    expect(await held()).toBeUndefined();
    const again = await pay();
    expect([again.status, again.body['code']]).toStrictEqual([422, 'cvc_unavailable']);
    expect(f.gateway.heard).toHaveLength(1);
    // Typed again, it is good for one more.
    expect(await collectCode(f.it, { token, cvc: '321' })).toMatchObject({ ok: true });
    expect((await pay()).status).toBe(200);
    expect(JSON.parse(f.gateway.heard[1]?.body ?? '')).toMatchObject({ card: { cvc: '321' } });
  });

  test('dies too where nobody knows what came of it', async () => {
    f.gateway.answers((_response, _heard, request) => request.socket.destroy());
    const destination = await f.approve();
    expect((await pay({ destination })).body['code']).toBe('forward_unknown');
    expect(await held()).toBeUndefined();
  });

  test('is as it was where nothing was sent', async () => {
    const destination = await f.approve({ host: 'nowhere.invalid', port: 443 });
    expect((await pay({ destination })).body['code']).toBe('forward_not_sent');
    expect(await held()).toBe(GOOD.cvc);
    expect((await pay()).status).toBe(200);
  });

  test('dies with a number that is sent without it, but not at one that takes no payment', async () => {
    const number = { card: { number: `{{ ${token}.number }}` } };
    const looking = await f.approve({ authorizes: false });
    expect((await pay({ destination: looking, body: number })).status).toBe(200);
    expect(await held()).toBe(GOOD.cvc);
    expect((await pay({ body: number })).status).toBe(200);
    expect(await held()).toBeUndefined();
  });

  test('is sent to one of many who ask at once', async () => {
    f.gateway.answers((response) => setTimeout(() => response.end('{}'), 200));
    const answers = await Promise.all(Array.from({ length: 6 }, () => pay()));
    const codes = answers.map(({ status, body }) => body['code'] ?? status);
    expect(codes.filter((code) => code === 200)).toHaveLength(1);
    expect(codes.filter((code) => code === 'cvc_unavailable')).toHaveLength(5);
    expect(f.gateway.heard).toHaveLength(1);
  });

  test('that is typed while another is under way is nobody’s, and stays', async () => {
    f.gateway.answers((response) => setTimeout(() => response.end('{}'), 400));
    const first = pay();
    while (f.gateway.heard.length === 0) await new Promise((done) => setTimeout(done, 10));
    expect(await collectCode(f.it, { token, cvc: '321' })).toMatchObject({ ok: true });
    expect((await first).status).toBe(200);
    expect(await held()).toBe('321');
  });

  test('goes when the worker reports that nobody knows', async () => {
    await pay();
    await collectCode(f.it, { token, cvc: '321' });
    const { owner } = f.it.vault.sql;
    const [row] = await owner.query(
      "SELECT forward_id FROM forwards WHERE state = 'answered' AND $1 = ANY (tokens)",
      [token],
    );
    await owner.query(
      "UPDATE forwards SET state = 'under_way', answer = NULL, data_key_id = NULL WHERE forward_id = $1",
      [row?.['forward_id']],
    );
    await owner.query('UPDATE security_codes SET held_by = $1', [row?.['forward_id']]);
    f.it.time.now += 90_000;
    await runWorkerRound(f.it.vault);
    expect(await held()).toBeUndefined();
  });
});
