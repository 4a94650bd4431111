import { RevealReplyPlaintext } from '@hushfield/contract/http';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { ask, keyOf } from '../../test/backend.ts';
import { ENGINES } from '../../test/engines.ts';
import { latch, untilLocked } from '../../test/latch.ts';
import { post, readReply, sealedRequest } from '../../test/sealed-request.ts';
import { type TestVault, testVault } from '../../test/test-vault.ts';

const CARD = { number: '4242424242424242', expMonth: 12, expYear: 2030 };
const REFUSED = { ok: false, error: { code: 'not_found' } };

describe.each(ENGINES)('a token that goes while it is shown, on %s', (engine) => {
  let it: TestVault;
  let key: string;
  beforeAll(async () => {
    it = await testVault({ engine });
    key = await keyOf(it, { scopes: ['grants:write', 'tokens:write', 'tokens:delete'] });
  }, 60_000);
  afterAll(() => it.close());

  const made = async () => {
    const token: string = (await ask(it, key, 'POST', '/v1/tokens', { body: CARD })).body['id'];
    const body = { purpose: 'reveal', token, redaction: 'plain', origins: [it.config.shopOrigin] };
    const grant = String((await ask(it, key, 'POST', '/v1/grants', { body })).body['grant']);
    return { token, grant };
  };
  const use = async (grant: string) => {
    const { sealed, body } = await sealedRequest(it, { card: { grant } });
    return RevealReplyPlaintext.parse(readReply(sealed, (await post(it, body)).body));
  };
  const entriesOf = (token: string) =>
    it.vault.sql.owner.query(
      'SELECT action, actor, outcome, resource FROM audit_entries WHERE resource = $1 ORDER BY at, action',
      [token],
    );

  test('was deleted while the key was fetched: it is not shown, and nobody is said to have seen it', async () => {
    const { token, grant } = await made();
    const { keys } = it.vault;
    const dataKey = keys.dataKey.bind(keys);
    const fetched = vi.spyOn(keys, 'dataKey').mockImplementationOnce(async (...which) => {
      const { status } = await ask(it, key, 'DELETE', `/v1/tokens/${token}`);
      expect(status).toBeLessThan(300);
      return dataKey(...which);
    });
    expect(await use(grant)).toMatchObject(REFUSED);
    expect(fetched).toHaveBeenCalled();
    fetched.mockRestore();
    expect((await entriesOf(token)).map(({ action }) => action)).not.toContain('token.reveal');
  });

  test.runIf(engine === 'postgres')(
    'is being deleted: whoever comes then waits, and sees nothing',
    async () => {
      const { token, grant } = await made();
      const { owner } = it.vault.sql;
      const gone = latch();
      const commit = latch();
      const deletion = owner.transaction(async (sql) => {
        for (const table of ['cards', 'tokens'])
          await sql.query(`DELETE FROM ${table} WHERE token_id = $1`, [token]);
        gone.open();
        await commit.opened;
      });
      await gone.opened;
      const shown = use(grant);
      await Promise.race([shown, untilLocked(owner)]);
      commit.open();
      await deletion;
      expect(await shown).toMatchObject(REFUSED);
    },
  );

  test('leaves two entries of one grant, which name each other', async () => {
    const { token, grant } = await made();
    const [id] = grant.split('.');
    expect(await use(grant)).toMatchObject({ ok: true });
    const entries = await entriesOf(token);
    const [created] = entries.filter(({ action }) => action === 'grant.create');
    const [used] = entries.filter(({ action }) => action === 'token.reveal');
    // Under the token both: which key let a page show it, and by which of its grants it was shown.
    expect(created).toMatchObject({
      actor: expect.stringMatching(/^[^/]+$/),
      outcome: `plain ${id}`,
    });
    expect(used).toMatchObject({ actor: expect.stringMatching(`/${id}$`), outcome: 'plain' });
  });
});
