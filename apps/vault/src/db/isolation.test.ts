import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ENGINES, emptyDatabase, type TestDatabase } from '../../test/engines.ts';
import { migrate } from './migrate.ts';
import { entering, type Role } from './sql.ts';

const [OURS, THEIRS] = [`ten_${'A'.repeat(22)}`, `ten_${'B'.repeat(22)}`] as const;
const ROLES: readonly Role[] = [
  'api',
  'fields',
  'worker',
  'rotator',
  'admin',
  'sequencer',
  'auditor',
  'forwarder',
];

/** A row of each tenant in every table that has tenants. */
const SEED: Readonly<Record<string, string>> = {
  tenants: `SELECT t, 'name', now()`,
  api_keys: `SELECT t, 'key' || right(t, 5), 'sk', 'test', decode(repeat('00', 32), 'hex'), now()`,
  origins: `SELECT t, 'key' || right(t, 5), 'https://shop.example', now(), now()`,
  data_keys: `SELECT t, 'dk', 'pan', now()`,
  tokens: `SELECT t, 'tok', 'test', 'visa', '{visa}', '4242', NULL, 1, 2030, false, 'fp', now(), now()`,
  cards: `SELECT t, 'tok', '\\x00', 'dk', 1`,
  security_codes: `SELECT t, 'tok', '\\x00', 'ck', now()`,
  idempotent_answers: `SELECT t, 'key', decode(repeat('00', 32), 'hex'), decode(repeat('00', 32), 'hex'), 200, NULL, NULL, 'tok', now()`,
  sessions: `SELECT t, 'ses', 'test', '{https://shop.example}', NULL, '{}', 20, 'c-1', now(), now()`,
  attempts: `SELECT t, 'nonce', 1, decode(repeat('00', 32), 'hex'), 'tok', NULL, NULL, now()`,
  audit_entries: `SELECT t, 'entry', now(), 'actor', 'action', 'tok', 'ok', NULL, NULL`,
  // With a note of each entry already, by the trigger.
  audit_pending: `SELECT t, 'other'`,
  audit_leaves: `SELECT ascii(right(t, 1)), t, 'entry', 'tok'`,
  grants: `SELECT t, 'gra', 'reveal', decode(repeat('00', 32), 'hex'), 'test', 'tok', 'last4', NULL, '{https://shop.example}', 60, now(), now()`,
  text_policies: `SELECT t, 'rule', 'digits', 5, 9, now()`,
  destinations: `SELECT t, 'dst', 'test', '\\x00', 'dk', now(), now(), NULL`,
  forwards: `SELECT t, 'fwd', 'test', 'key', decode(repeat('00', 32), 'hex'), decode(repeat('00', 32), 'hex'), 'dst', '{tok}', 'under_way', NULL, NULL, 'actor', now(), now(), now()`,
  // Before its endpoint, which would be told of it by the trigger.
  events: `SELECT t, 'evt_1', 'token.created', 'test', now(), '{}'`,
  webhook_endpoints: `SELECT t, 'whe_' || repeat(right(t, 1), 22), 'test', 'https://shop.example', '{*}', '', 'enabled', NULL, NULL, 0, NULL, now(), now()`,
  webhook_secrets: `SELECT t, 'whe', 'whs_' || repeat(right(t, 1), 22), '\\x00', 'dk', repeat('x', 49), now(), now()`,
  webhook_deliveries: `SELECT t, 'evt_1', 'whe', 'pending', now(), NULL, 0, now(), NULL`,
  webhook_attempts: `SELECT t, 'evt_1', 'whe', 'wha', now(), 200, 1, 'delivered'`,
};
const TABLES = Object.keys(SEED);

/** What rotations write anew: envelopes, and fingerprints. */
const ROTATED = ['cards', 'idempotent_answers', 'tokens', 'webhook_secrets'];

/** A column whose change would do harm, where the row has one. */
const PRIZE: Readonly<Record<string, string>> = {
  tenants: 'name',
  api_keys: 'hash',
  origins: 'origin',
  data_keys: 'class',
  tokens: 'fingerprint',
  cards: 'envelope',
  sessions: 'brands',
  security_codes: 'envelope',
  attempts: 'digest',
  idempotent_answers: 'answer',
  audit_entries: 'outcome',
  audit_pending: 'entry_id',
  audit_leaves: 'entry_id',
  text_policies: 'max_length',
  grants: 'redaction',
  destinations: 'mode',
  forwards: 'request',
  webhook_endpoints: 'mode',
  events: 'data',
  webhook_secrets: 'envelope',
  webhook_deliveries: 'happened_at',
  webhook_attempts: 'reason',
};

describe.each(ENGINES)('isolation on %s', (engine) => {
  let it: TestDatabase;
  beforeAll(async () => {
    it = await emptyDatabase(engine);
    await migrate(it.sql.owner);
    for (const [table, rows] of Object.entries(SEED)) {
      await it.sql.owner.query(`INSERT INTO ${table} ${rows} FROM unnest($1::text[]) AS t`, [
        [OURS, THEIRS],
      ]);
    }
  }, 60_000);
  afterAll(() => it.drop());

  const attempt = async (role: Role, tenant: string | undefined, text: string) => {
    const rows = await it.sql
      .as(role, tenant)
      .query(text)
      .catch((error: unknown) => error);
    if (!(rows instanceof Error)) return rows;
    return /permission denied|must be owner/.test(rows.message) ? 'denied' : rows.message;
  };

  test('has row security on every table with a tenant', async () => {
    const open = await it.sql.owner.query(
      `SELECT relname FROM pg_class JOIN pg_attribute ON attrelid = pg_class.oid AND attname = 'tenant'
       WHERE relnamespace = current_schema()::regnamespace AND relkind IN ('r', 'p')
         AND NOT relispartition AND NOT relrowsecurity`,
    );
    expect(open).toStrictEqual([]);
    const known = await it.sql.owner.query(
      `SELECT relname FROM pg_class WHERE relnamespace = current_schema()::regnamespace
       AND relrowsecurity ORDER BY relname`,
    );
    expect(known.map((row) => row.relname)).toStrictEqual(TABLES.toSorted());
  });

  test.each(TABLES.filter((table) => !table.startsWith('audit_') && table !== 'forwards'))(
    'shows api the rows of its tenant in %s, and none without one',
    async (table) => {
      const text = `SELECT tenant FROM ${table}`;
      expect(await attempt('api', OURS, text)).toStrictEqual([{ tenant: OURS }]);
      expect(await attempt('api', undefined, text)).toStrictEqual([]);
    },
  );

  test.each(TABLES)('lets nobody but the rotator write over %s', async (table) => {
    const text = `UPDATE ${table} SET ${PRIZE[table]} = ${PRIZE[table]}`;
    for (const role of ROLES) {
      const expected = role === 'rotator' && ROTATED.includes(table) ? [] : 'denied';
      expect([role, await attempt(role, OURS, text)]).toStrictEqual([role, expected]);
    }
  });

  test.each([
    ['move a row to another tenant', `UPDATE tokens SET tenant = '${THEIRS}'`],
    ['take a row of another tenant', `UPDATE tokens SET tenant = '${OURS}'`],
    ['insert for another tenant', `INSERT INTO data_keys VALUES ('${THEIRS}', 'x', 'pan', now())`],
    ['empty a table', 'TRUNCATE tokens'],
    ['drop a policy', 'DROP POLICY own_tenant ON tokens'],
    ['switch row security off', 'ALTER TABLE tokens DISABLE ROW LEVEL SECURITY'],
    ['read a partition past its parent', 'SELECT * FROM tokens_0'],
    ['remove an audit entry', 'DELETE FROM audit_entries'],
    ['say that a migration was applied', "INSERT INTO migrations VALUES ('x')"],
    ['list what is counted', 'SELECT * FROM limit_counters'],
    ['set a counter back', 'UPDATE limit_counters SET taken = 0'],
    ['forget a counter', 'DELETE FROM limit_counters'],
    ['read a security code, sealed as it is', 'SELECT envelope FROM security_codes'],
    [
      'give out a security code it writes over',
      `UPDATE security_codes SET expires_at = now() RETURNING envelope`,
    ],
    [
      'copy a security code into a column it may read',
      'INSERT INTO cards SELECT tenant, token_id, envelope, code_key_id, 1 FROM security_codes',
    ],
    ['learn a security code by comparing', `DELETE FROM security_codes WHERE envelope > '\\x00'`],
    ['change a key for security codes', "UPDATE code_keys SET wrapped = '\\x00'"],
    ['destroy a key for security codes', 'DELETE FROM code_keys'],
    ['read a tenant’s name', 'SELECT name FROM tenants'],
    ['bring a retired fingerprint key back', 'UPDATE tenants SET fingerprint_from = 1'],
    ['say that a fingerprint is of another key', 'UPDATE tokens SET fingerprint_key = 2'],
    ['speak for the root', "INSERT INTO delegations VALUES ('x', 'x', now())"],
    ['change the mode', "UPDATE deployment SET mode = 'test'"],
    ['read the trail', 'SELECT action FROM audit_entries'],
    [
      'prove an origin',
      `INSERT INTO origins VALUES ('${OURS}', 'keyAAAAA', 'https://victim.example', now(), now())`,
    ],
    ['call an origin proved', 'UPDATE origins SET proved_at = now()'],
    ['take an origin away', 'DELETE FROM origins'],
    ['widen a key', "UPDATE api_keys SET scopes = '{tokens:reveal}'"],
    ['let a key come from anywhere', "UPDATE api_keys SET addresses = '{}'"],
    ['let a key do without sessions', 'UPDATE api_keys SET sessions_required = false'],
    ['let a key tell more digits', 'UPDATE api_keys SET bin_digits = 8'],
    ['say that a tenant was not shredded', 'UPDATE tenants SET shredded_at = NULL'],
    ['take a rotation over', 'DELETE FROM claims'],
    ['see what was sent on', 'SELECT tenant FROM forwards'],
    ['say what came of it', "UPDATE forwards SET state = 'unknown'"],
    ['forge a try of a delivery', `INSERT INTO webhook_attempts SELECT * FROM webhook_attempts`],
    ['unsay an event', 'DELETE FROM events'],
    ['write over an event', "UPDATE events SET data = '{}'"],
    ['forget a delivery', 'DELETE FROM webhook_deliveries'],
    ['publish a manifest', "INSERT INTO manifests VALUES (1, '{}', now())"],
  ])('does not let api %s', async (_name, text) => {
    expect(await attempt('api', OURS, text)).toBe('denied');
  });

  test('shows the forwarder the rows of its tenant in what it needs, and none without one', async () => {
    for (const table of [
      'forwards',
      'destinations',
      'security_codes',
      'tokens',
      'cards',
      'grants',
    ]) {
      const text = `SELECT tenant FROM ${table}`;
      expect([table, await attempt('forwarder', OURS, text)]).toStrictEqual([
        table,
        [{ tenant: OURS }],
      ]);
      expect(await attempt('forwarder', undefined, text)).toStrictEqual([]);
    }
  });

  test.each([
    ['make a token', `INSERT INTO tokens (tenant, token_id) VALUES ('${OURS}', 'x')`],
    ['delete a token', 'DELETE FROM tokens'],
    ['keep a card', `INSERT INTO cards VALUES ('${OURS}', 'x', '\\x00', 'dk', 1)`],
    ['approve a destination', `INSERT INTO destinations SELECT * FROM destinations`],
    ['turn a destination elsewhere', "UPDATE destinations SET envelope = '\\x00'"],
    ['take a disabled one up again', 'UPDATE destinations SET disabled_at = NULL'],
    ['keep a code for longer', "UPDATE security_codes SET expires_at = now() + interval '1 day'"],
    ['make a grant', `INSERT INTO grants SELECT * FROM grants`],
    ['widen a grant', 'UPDATE grants SET most_amount = 1'],
    ['forget what was sent', 'DELETE FROM forwards'],
    ['say that it was of another', "UPDATE forwards SET tokens = '{}'"],
    ['widen a key', "UPDATE api_keys SET scopes = '{forward}'"],
    ['see a key', 'SELECT hash FROM api_keys'],
    ['read the trail', 'SELECT action FROM audit_entries'],
  ])('attacks: does not let the forwarder %s', async (_name, text) => {
    expect(await attempt('forwarder', OURS, text)).toBe('denied');
  });

  test('refuses a row that api writes for another tenant', async () => {
    const text = `INSERT INTO cards VALUES ('${THEIRS}', 'new', '\\x00', 'dk', 1)`;
    expect(await attempt('api', OURS, text)).toContain('row-level security');
  });

  test('deletes only in its tenant, whatever the statement says', async () => {
    await expect(
      it.sql.transaction({ role: 'api', tenant: OURS }, async (sql) => {
        const gone = await sql.query('DELETE FROM tokens RETURNING tenant');
        throw new Error(`gone: ${gone.map((row) => row.tenant).join()}`);
      }),
    ).rejects.toThrow(`gone: ${OURS}`);
  });

  test('shows the trail to whoever reads it, and only of its tenant', async () => {
    const [entries, leaves] = [
      'SELECT tenant FROM audit_entries',
      'SELECT tenant FROM audit_leaves',
    ];
    for (const text of [entries, leaves]) {
      expect(await attempt('auditor', OURS, text)).toStrictEqual([{ tenant: OURS }]);
      expect(await attempt('auditor', undefined, text)).toStrictEqual([]);
      expect(await attempt('sequencer', undefined, text)).toHaveLength(2);
      for (const role of ['api', 'fields', 'worker', 'rotator'] as const)
        expect(await attempt(role, OURS, text)).toBe('denied');
    }
  });

  test.each([
    ['write an entry', 'sequencer', `INSERT INTO audit_entries SELECT * FROM audit_entries`],
    ['write an entry', 'auditor', `INSERT INTO audit_entries SELECT * FROM audit_entries`],
    ['give a place', 'auditor', `INSERT INTO audit_leaves VALUES (9, '${OURS}', 'x', 'x')`],
    ['take a note away', 'auditor', 'DELETE FROM audit_pending'],
    ['take a note away', 'worker', 'DELETE FROM audit_pending'],
    ['forge a note', 'worker', `INSERT INTO audit_pending VALUES ('${OURS}', 'x')`],
    ['take a place away', 'sequencer', 'DELETE FROM audit_leaves'],
    ['change a subtree', 'sequencer', "UPDATE audit_nodes SET hash = '\\x'"],
    ['change a state', 'sequencer', "UPDATE audit_checkpoints SET note = ''"],
    ['read a token', 'sequencer', 'SELECT token_id FROM tokens'],
    ['read a token', 'auditor', 'SELECT token_id FROM tokens'],
  ] as const)('attacks: does not let somebody %s as %s', async (_name, role, text) => {
    expect(await attempt(role, OURS, text)).toBe('denied');
  });

  test('shows the worker no card, security code, key or origin', async () => {
    for (const text of [
      'SELECT envelope FROM cards',
      'SELECT envelope FROM security_codes',
      'SELECT wrapped FROM code_keys',
      'SELECT * FROM api_keys',
      'SELECT * FROM origins',
    ]) {
      expect(await attempt('worker', undefined, text)).toBe('denied');
    }
  });

  test('finds a key by its id without a tenant, one at a time, for those who ask at the door', async () => {
    const find = `SELECT (found.key).tenant FROM find_api_key('keyAAAAA') AS found`;
    for (const role of ['api', 'fields'] as const) {
      expect(await attempt(role, undefined, find)).toStrictEqual([{ tenant: OURS }]);
    }
    expect(await attempt('worker', undefined, find)).toBe('denied');
    expect(await attempt('fields', undefined, 'SELECT * FROM api_keys')).toBe('denied');
  });

  test('copies origins with their proofs from key to key of a tenant, and from no other’s', async () => {
    const roll = (tenant: string, id: string, from: string) =>
      it.sql.owner.query(
        `INSERT INTO api_keys (tenant, key_id, kind, mode, hash, created_at, rolled_from)
         VALUES ($1, $2, 'pk', 'test', decode(repeat('00', 32), 'hex'), now(), $3)`,
        [tenant, id, from],
      );
    await roll(OURS, 'keyAAAA2', 'keyAAAAA');
    // Says that it takes over from another tenant's key.
    await roll(OURS, 'keyAAAA3', 'keyBBBBB');
    await roll(THEIRS, 'keyBBBB2', 'keyBBBBB');
    for (const id of ['keyAAAA2', 'keyAAAA3', 'keyBBBB2'])
      await it.sql.as('api', OURS).query('SELECT copy_origins($1)', [id]);
    await it.sql.as('admin').query("SELECT copy_origins('keyBBBB2')");
    const copies = await it.sql.owner.query(
      `SELECT key_id, proved_at IS NOT NULL AS proved FROM origins WHERE right(key_id, 1) < 'A'`,
    );
    expect(copies).toStrictEqual([{ key_id: 'keyAAAA2', proved: true }]);
    await it.sql.owner.query("DELETE FROM origins WHERE right(key_id, 1) < 'A'");
    await it.sql.owner.query("DELETE FROM api_keys WHERE right(key_id, 1) < 'A'");
  });

  test('leaves neither role nor tenant behind, after failures too', async () => {
    const who = `SELECT current_user::text AS who, current_setting('hushfield.tenant', true) AS tenant`;
    for (const text of [who, 'SELECT 1/0', 'SELECT nothing']) await attempt('api', OURS, text);
    const [inside] = await it.sql.as('api', OURS).query(who);
    expect(inside).toStrictEqual({ who: 'hushfield_api', tenant: OURS });
    for (let connection = 0; connection < 12; connection++) {
      const [outside] = await it.sql.owner.query(who);
      expect(outside?.who).not.toContain('hushfield_');
      expect(outside?.tenant ?? '').toBe('');
    }
  });

  test('writes nothing when the statement fails, and nothing is left open', async () => {
    const text = `WITH one AS (INSERT INTO cards VALUES ('${OURS}', 'half', '\\x00', 'dk', 1))
      SELECT 1 / (SELECT count(*) - count(*) FROM tokens)`;
    expect(await attempt('api', OURS, text)).toBe('division by zero');
    const left = await it.sql.as('api', OURS).query("SELECT 1 FROM cards WHERE token_id = 'half'");
    expect(left).toStrictEqual([]);
  });
});

test.each([
  ['a quote', `${OURS}'; DROP TABLE cards; --`],
  ['nothing', ''],
  ['a line after it', `${OURS}\n`],
  ['another kind of id', `key_${'A'.repeat(22)}`],
])('attacks: takes no tenant of %s into a statement', (_name, tenant) => {
  expect(() => entering({ role: 'api', tenant })).toThrow(TypeError);
});
