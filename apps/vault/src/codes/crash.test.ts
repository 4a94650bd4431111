import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type OwnPostgres, startPostgres } from '../../../../.workshop/postgres.ts';
import { ask, keyOf } from '../../test/backend.ts';
import { ENGINES } from '../../test/engines.ts';
import { openCode } from '../../test/open-code.ts';
import { collectCode, GOOD, tokenize } from '../../test/sealed-request.ts';
import { type TestVault, testVault } from '../../test/test-vault.ts';
import { openPostgres } from '../db/postgres.ts';

/** A server of its own: this test kills it. */
describe.runIf(ENGINES.includes('postgres'))('a database that is killed', () => {
  let server: OwnPostgres;
  let it: TestVault;
  beforeAll(async () => {
    server = await startPostgres();
    it = await testVault({ database: openPostgres(server.url) });
  }, 60_000);
  afterAll(async () => {
    await it.close();
    await server.stop();
  });

  const owner = (text: string, values: unknown[] = []) => it.vault.sql.owner.query(text, values);
  const isThere = async () => {
    for (let tries = 0; tries < 20; tries++) if (await owner('SELECT').catch(() => false)) return;
  };

  /** Whether the WAL holds these bytes. */
  const inLog = (bytes: Uint8Array) =>
    readdirSync(join(server.data, 'pg_wal'), { withFileTypes: true })
      .filter((entry) => entry.isFile())
      .some((entry) =>
        readFileSync(join(entry.parentPath, entry.name)).includes(Buffer.from(bytes)),
      );

  test('has lost every security code and every key for one, no card, and takes the next', async () => {
    const made = await tokenize(it);
    const token = made.ok ? made.token.id : '';
    expect(await openCode(it, token)).toBe(GOOD.cvc);
    const [row] = await owner(
      `SELECT c.envelope AS code, k.wrapped, cards.envelope AS card
       FROM security_codes c JOIN code_keys k USING (code_key_id) JOIN cards USING (token_id)`,
    );
    const { code, wrapped, card } = row as Record<string, Uint8Array>;
    // Not to the log, and so to no replica, archive or base backup either.
    expect([inLog(code ?? Buffer.of()), inLog(wrapped ?? Buffer.of())]).toStrictEqual([
      false,
      false,
    ]);
    expect(inLog(card ?? Buffer.of())).toBe(true);

    await server.crash();
    await isThere();
    for (const table of ['security_codes', 'code_keys'])
      expect(await owner(`SELECT FROM ${table}`)).toStrictEqual([]);
    const key = await keyOf(it, { scopes: ['tokens:read', 'tokens:reveal'] });
    const body = { redaction: 'last4' };
    const read = await ask(it, key, 'POST', `/v1/tokens/${token}/reveal`, { body });
    expect(read.body['number']).toBe('4242');
    const url = `/v1/tokens/${token}`;
    expect((await ask(it, key, 'GET', url)).body['cvcExpiresAt']).toBeNull();

    // The node still has the key in its memory, and must not seal under it.
    expect(await collectCode(it, { token, cvc: '321' })).toMatchObject({ ok: true });
    expect(await openCode(it, token)).toBe('321');
    const next = await tokenize(it);
    expect(await openCode(it, next.ok ? next.token.id : '')).toBe(GOOD.cvc);
  }, 60_000);
});
