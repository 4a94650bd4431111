import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Forwarding, forwarding } from '../../test/forwarding.ts';
import { CREDENTIALS, type Heard } from '../../test/gateway.ts';

describe('credentials that come back', { timeout: 60_000 }, () => {
  let f: Forwarding;
  beforeAll(async () => {
    f = await forwarding();
  }, 60_000);
  afterAll(() => f.close());

  const bearer = ({ headers }: Heard) => headers.authorization ?? '';
  const ECHOES: readonly (readonly [string, (heard: Heard) => string])[] = [
    ['in its headers', (heard) => JSON.stringify(heard.headers)],
    ['in its body', ({ body }) => body],
    ['in base64', (heard) => Buffer.from(bearer(heard)).toString('base64')],
    ['in a URL', (heard) => encodeURIComponent(bearer(heard)).replace('_', '%5F')],
  ];

  test.each(ECHOES)(
    'attacks: are taken out of an answer %s, and no echo is told',
    async (_n, say) => {
      f.gateway.answers((response, heard) =>
        response
          .writeHead(401, { location: `/login?key=${bearer(heard).slice(7)}` })
          .end(say(heard)),
      );
      const answer = await f.forward({
        ...{ destination: f.destination, path: '/v1/charges' },
        body: { amount: 1, currency: 'EUR' },
      });
      expect(answer.body).toMatchObject({ status: 401, scrubbed: true });
      const { body, headers } = answer.body as unknown as { body: string; headers: object };
      const decoded = Buffer.from(body, 'base64').toString('latin1');
      const said = `${body} ${decodeURIComponent(body)} ${decoded} ${JSON.stringify(headers)}`;
      for (const secret of Object.values(CREDENTIALS)) expect(said).not.toContain(secret);
      const told = await f.it.vault.sql.owner.query(
        "SELECT FROM events WHERE type = 'echo.detected'",
      );
      expect(told).toHaveLength(0);
    },
  );
});
