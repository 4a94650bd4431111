import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { PassThrough, Transform, type TransformCallback } from 'node:stream';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { emptyDatabase, ENGINES } from '../../test/engines.ts';
import { isOutage } from './outage.ts';
import { openPostgres, type Patience } from './postgres.ts';
import type { Database } from './sql.ts';

const SERVER = process.env['HUSHFIELD_TEST_PG'] ?? '';
const ALIVE = 'SELECT 1 AS one';

describe.runIf(ENGINES.includes('postgres'))('a connection to PostgreSQL', () => {
  let sql: Database;
  let drop: () => Promise<void>;
  beforeAll(async () => {
    ({ sql, drop } = await emptyDatabase('postgres'));
  }, 60_000);
  afterAll(() => drop());

  const outcome = (work: Promise<unknown>) =>
    work.then(
      () => 'done',
      (error: unknown) => (isOutage(error) ? 'outage' : 'failure'),
    );
  /** Ends, from another connection, whichever runs this statement. */
  const end = (text: string) =>
    sql.owner.query(
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
       WHERE query LIKE $1 AND pid <> pg_backend_pid()`,
      [`%${text}%`],
    );

  // The process goes on is what is tested: an error that nobody listens for ends it, and this run with it.
  test('may end in the middle of a statement: whoever asked is told of an outage', async () => {
    const asked = outcome(sql.as('admin').query(`SELECT pg_sleep(5) AS in_a_statement`));
    await expect.poll(() => end('in_a_statement').then(({ length }) => length)).toBe(1);
    expect(await asked).toBe('outage');
    expect(await sql.as('admin').query(ALIVE)).toStrictEqual([{ one: 1 }]);
  });

  test('may end while a transaction is doing something else', async () => {
    const asked = outcome(
      sql.transaction({ role: 'admin' }, async (inside) => {
        await inside.query('SELECT 1 AS in_a_pause');
        await end('in_a_pause');
        await new Promise((resolve) => setTimeout(resolve, 200));
        await inside.query(ALIVE);
      }),
    );
    expect(await asked).toBe('outage');
    expect(await sql.as('admin').query(ALIVE)).toStrictEqual([{ one: 1 }]);
  });

  test('commits nothing, and says so, where a failed statement was passed over', async () => {
    const work = sql.transaction({ role: 'admin' }, async (inside) => {
      await inside.query('SELECT 1 / 0').catch(() => {});
      return 'done';
    });
    await expect(work).rejects.toThrow('rolled back');
  });

  /** Speaks as a server of another language does, in as many bytes. */
  class Czech extends Transform {
    override _transform(chunk: Buffer, _encoding: string, done: TransformCallback) {
      const text = chunk.toString('latin1').replaceAll('SERROR\0', 'SCHYBA\0');
      done(null, Buffer.from(text, 'latin1'));
    }
  }

  test('is used again after a refusal, in whatever language', async () => {
    const wire = await behindWire({}, () => new Czech());
    const ask = (text: string) => wire.database.owner.query(text);
    const once = () => wire.database.as('admin').query('SELECT 1 / 0');
    const pid = async () => (await ask('SELECT pg_backend_pid() AS pid'))[0]?.['pid'];
    const before = await pid();
    await expect(once()).rejects.toMatchObject({ severity: 'CHYBA' });
    expect(await pid()).toBe(before);
    await wire.close();
  });

  /** A database on the other side of a wire that can fall silent, without hanging up. */
  async function behindWire(
    patience: Partial<Patience>,
    interpreter: () => Transform = () => new PassThrough(),
  ) {
    const sockets: Socket[] = [];
    let silent = false;
    const { hostname, port, pathname } = new URL(SERVER);
    const server = createServer((near) => {
      const far = connect(Number(port), hostname);
      if (!silent) near.pipe(far).pipe(interpreter()).pipe(near);
      for (const socket of [near, far]) sockets.push(socket.on('error', () => {}));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const url = new URL(SERVER);
    url.hostname = '127.0.0.1';
    url.port = String((server.address() as AddressInfo).port);
    url.pathname = pathname;
    const database = openPostgres(url.href, patience);
    return {
      database,
      hush() {
        silent = true;
        for (const socket of sockets) socket.unpipe().pause();
      },
      async close() {
        for (const socket of sockets) socket.destroy();
        await database.close();
        server.close();
      },
    };
  }

  test('to a host that falls silent lets nobody wait without end', async () => {
    const wire = await behindWire({ connectMs: 300, answerMs: 500 });
    const ask = () => wire.database.as('admin').query(ALIVE);
    const work = () =>
      wire.database.transaction({ role: 'admin' }, (inside) => inside.query(ALIVE));
    // The role is of a database that is migrated; whether it is there does not matter to a silent wire.
    await outcome(ask());
    wire.hush();
    const from = performance.now();
    const asked = [...Array.from({ length: 12 }, ask), ...Array.from({ length: 12 }, work)];
    expect(new Set(await Promise.all(asked.map(outcome)))).toStrictEqual(new Set(['outage']));
    expect(performance.now() - from).toBeLessThan(5_000);
    await wire.close();
  }, 20_000);
});
