import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { emptyDatabase, ENGINES, type TestDatabase } from '../../test/engines.ts';
import { NOON } from '../../test/test-vault.ts';
import { createLog } from '../app/log.ts';
import { migrate } from '../db/migrate.ts';
import { openPostgres } from '../db/postgres.ts';
import type { Sql } from '../db/sql.ts';
import { purgeCounters, takeUnits } from './counter-store.ts';
import { LeasedLimit } from './leased-limit.ts';
import type { Rate } from './rate.ts';

const HOUR = 3_600_000;
const KEY = new Uint8Array(32).fill(7);
const rate = (limit: number): Rate => ({ limit, windowMs: HOUR });

describe.each(ENGINES)('a leased limit on %s', (engine) => {
  let it: TestDatabase;
  let live: Sql;
  let asked: number;
  const time = { now: NOON };
  const lines: string[] = [];
  beforeAll(async () => {
    it = await emptyDatabase(engine);
    await migrate(it.sql.owner);
    live = {
      query: (...statement) => {
        asked += 1;
        return it.sql.as('api').query(...statement);
      },
    };
  }, 60_000);
  afterAll(() => it.drop());
  beforeEach(() => {
    // A window of its own for each test.
    time.now = Math.ceil((time.now + 1) / HOUR) * HOUR;
    asked = 0;
    lines.length = 0;
  });

  const node = (limit: number, sql: Sql = live) =>
    new LeasedLimit('test', rate(limit), {
      sql,
      nameKey: async () => KEY,
      now: () => time.now,
      steady: () => time.now,
      log: createLog('info', (line) => lines.push(line)),
    });
  const taken = async (limit: LeasedLimit, count: number, whom = 'a') => {
    const takes = Array.from({ length: count }, () => limit.take(whom));
    return (await Promise.all(takes)).filter((refusal) => refusal === undefined).length;
  };

  test('gives one node exactly the limit, also when all ask at once, and each subject its own', async () => {
    const limit = node(50);
    expect(await taken(limit, 500)).toBe(50);
    expect(await taken(limit, 10)).toBe(0);
    expect(await taken(limit, 60, 'b')).toBe(50);
  });

  test('says how long to wait, and starts anew then', async () => {
    time.now += HOUR - 90_500;
    const limit = node(10);
    expect(await taken(limit, 20)).toBe(10);
    expect(await limit.take('a')).toStrictEqual({ cause: 'spent', retryAfter: 91 });
    time.now += 90_500;
    expect(await taken(limit, 20)).toBe(10);
  });

  test('asks nothing for the first block and once for each other', async () => {
    const limit = node(1_000);
    expect(await taken(limit, 100)).toBe(100);
    expect(asked).toBe(0);
    expect(await taken(limit, 900)).toBe(900);
    expect(asked).toBe(9);
    expect(await taken(limit, 500)).toBe(0);
    expect(asked).toBe(10);
  });

  test('tells the log once that a limit was reached, and not whose', async () => {
    await taken(node(10), 50, '192.0.2.0/24');
    expect(lines).toHaveLength(1);
    expect(lines[0]).toContain('limit reached');
    expect(lines[0]).not.toContain('192.0.2');
  });

  test('gives several nodes the limit and at most a block for each but one', async () => {
    for (const nodes of [2, 5]) {
      const all = Array.from({ length: nodes }, () => node(100));
      const given = await Promise.all(all.map((limit) => taken(limit, 300, `of ${nodes}`)));
      const sum = given.reduce((total, each) => total + each, 0);
      expect(sum).toBeGreaterThanOrEqual(100);
      expect(sum).toBeLessThanOrEqual(100 + (nodes - 1) * 10);
    }
  });

  test('keeps within that for any traffic', async () => {
    let run = 0;
    const turns = fc.array(fc.tuple(fc.nat(3), fc.integer({ min: 1, max: 25 })), { maxLength: 20 });
    const property = fc.asyncProperty(
      fc.integer({ min: 1, max: 60 }),
      turns,
      async (most, order) => {
        run += 1;
        const nodes = Array.from({ length: 4 }, () => node(most));
        let sum = 0;
        for (const [which, count] of order) {
          const limit = nodes[which];
          if (limit !== undefined) sum += await taken(limit, count, `run ${run}`);
        }
        expect(sum).toBeLessThanOrEqual(most + 3 * Math.max(1, Math.floor(most / 10)));
      },
    );
    await fc.assert(property, { numRuns: 40 });
  });

  test('gives out what it holds while the database is away, then refuses, and comes back', async () => {
    const gone = openPostgres('postgresql://nobody@127.0.0.1:1/nowhere', { connectMs: 500 });
    let away = false;
    const sql: Sql = {
      query: (...statement) => (away ? gone.as('api') : live).query(...statement),
    };
    const limit = node(100, sql);
    expect(await taken(limit, 15)).toBe(15);
    away = true;
    expect(await taken(limit, 50)).toBe(5);
    expect(await limit.take('a')).toStrictEqual({ cause: 'outage', retryAfter: 1 });
    expect(await taken(limit, 50, 'b')).toBe(10);
    away = false;
    expect(await taken(limit, 50)).toBe(0);
    time.now += 1_000;
    expect(await taken(limit, 200)).toBe(80);
    await gone.close();
  });

  test('lets an error that is no outage through', async () => {
    const broken: Sql = { query: () => it.sql.as('worker').query('SELECT 1 FROM no_such_table') };
    const limit = node(10, broken);
    expect(await taken(limit, 1)).toBe(1);
    await expect(limit.take('a')).rejects.toThrow('no_such_table');
  });

  test('has no second free block for those it was made to forget', async () => {
    const limit = node(100);
    for (let other = 0; other < 20_010; other += 1) await limit.take(`other ${other}`);
    const before = asked;
    expect(await taken(limit, 10, 'other 0')).toBe(10);
    expect(asked).toBe(before + 1);
  });

  test('leaves names in the database that say nothing, and differ from window to window', async () => {
    await it.sql.owner.query('DELETE FROM limit_counters');
    const limit = node(1);
    await taken(limit, 2, '42424242');
    time.now += HOUR;
    await taken(limit, 2, '42424242');
    const rows = await it.sql.owner.query(
      'SELECT c::text AS row, name, taken FROM limit_counters c',
    );
    expect(rows.map((row) => row.taken)).toStrictEqual([2, 2]);
    expect(new Set(rows.map((row) => String(row.name))).size).toBe(2);
    const text = JSON.stringify(rows);
    for (const form of ['42424242', Buffer.from('42424242').toString('hex')]) {
      expect(text).not.toContain(form);
    }
  });

  test('is purged by the worker when its window is over', async () => {
    await it.sql.owner.query('DELETE FROM limit_counters');
    await taken(node(1), 2);
    const left = async (at: number) => {
      await purgeCounters(it.sql.as('worker'), new Date(at));
      const [row] = await it.sql.owner.query('SELECT count(*)::int AS n FROM limit_counters');
      return row?.n;
    };
    expect([await left(time.now + HOUR), await left(time.now + HOUR + 60_000)]).toStrictEqual([
      1, 0,
    ]);
  });

  test.each([0, -5])('attacks: takes no %i units out of a counter', async (units) => {
    const counter = { name: new Uint8Array(32), endsAt: time.now };
    await takeUnits(live, counter, 1);
    await expect(takeUnits(live, counter, units)).rejects.toThrow();
  });
});
