import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ensureBuilt } from '../built.ts';
import { Arena } from './arena.ts';
import { type FakeClock, fakeClock, jumped, NOT_IN_FORCE } from './clock.ts';
import { filled, type SmallDisk, smallDisk } from './disk-full.ts';
import { failedOver } from './failover.ts';
import { Skipped } from './fault.ts';
import { nodesKilled } from './node-kill.ts';
import { postgresKilled } from './postgres-kill.ts';
import { oneKilled } from './round-robin.ts';
import { rotationKilled } from './rotation-kill.ts';
import { ROTATIONS } from './rotations.ts';

/** What a machine cannot do is skipped here, and said. */
function whereItCan<T>(make: () => T): T | undefined {
  try {
    return make();
  } catch (error) {
    if (!(error instanceof Skipped)) throw error;
    console.warn(`Skipped: ${error.message}.`);
    return undefined;
  }
}

/* A few rounds of each on one deployment; `npm run faults` does hundreds, each on its own. */
describe.runIf(process.platform === 'linux')(
  'loses nothing, and does nothing twice, through',
  () => {
    let arena: Arena;
    let disk: SmallDisk | undefined;
    let hand: FakeClock | undefined;

    beforeAll(async () => {
      ensureBuilt();
      disk = whereItCan(smallDisk);
      hand = whereItCan(fakeClock);
      arena = await Arena.open({
        ...{ nodes: 2, clients: 3, restMs: 40, moves: true },
        ...(disk === undefined ? {} : { cluster: disk.cluster }),
        ...(hand === undefined ? {} : { apiEnvironment: hand.ofFirst }),
        allowed: [NOT_IN_FORCE, ...ROTATIONS.flatMap(({ allowed = [] }) => allowed)],
      });
    }, 60_000);
    afterAll(async () => {
      await arena.close();
      disk?.remove();
      hand?.remove();
    }, 30_000);

    /** By all that clients were told, from the first fault on. */
    async function expectWhole(whole = false): Promise<void> {
      await arena.judge(whole);
      expect(arena.ledger.told()).toStrictEqual({ lost: [], wrong: [] });
    }

    it('kill -9 of every API node', async () => {
      await nodesKilled(arena, 0);
      await expectWhole();
    }, 60_000);

    it('kill -9 of one of several', async () => {
      await oneKilled(arena, 0);
      await expectWhole();
    }, 60_000);

    it('kill -9 of PostgreSQL', async () => {
      await postgresKilled(arena, 0);
      await expectWhole();
    }, 60_000);

    it('a full disk', async ({ skip }) => {
      if (disk === undefined) return skip('a small disk cannot be mounted here');
      await filled(disk)(arena, 0);
      await expectWhole();
    }, 60_000);

    it.each([
      [0, 'ahead'],
      [1, 'back'],
    ])(
      'a clock that jumps (%i: an hour %s)',
      async (round) => {
        if (hand === undefined) return;
        await jumped(hand)(arena, round);
        await expectWhole();
      },
      60_000,
    );

    // When a command is at work is much the same for all.
    const span = { from: 0, to: 0, kills: 0 };
    it.each(ROTATIONS.map((rotation) => [rotation.name, rotation] as const))(
      'kill -9 of a rotation: %s',
      async (_name, rotation) => {
        await rotationKilled(rotation, span)(arena, 2);
        await expectWhole();
      },
      60_000,
    );

    it('a primary that is gone', async () => {
      await failedOver(arena, 0);
      await expectWhole(true);
    }, 60_000);

    it('and what is done behind its back is noticed', async () => {
      const { cluster, merchant } = arena.stage;
      const entries = [...arena.ledger.entries.values()];
      const living = entries.filter((entry) => entry.deleted === 'no').map((entry) => entry.id);
      const [one = '', other = '', third = '', fourth = ''] = living;
      const stranger = `tok_test_${'1'.repeat(28)}`;
      const own = `tenant = '${merchant.tenant}'`;
      for (const text of [
        `INSERT INTO audit_entries (tenant, entry_id, at, actor, action, resource, outcome)
         SELECT tenant, 'aud_1', at, actor, action, resource, outcome FROM audit_entries
         WHERE ${own} AND resource = '${third}' ORDER BY at LIMIT 1`,
        `INSERT INTO cards (tenant, token_id, envelope, data_key_id, schema_version)
         SELECT tenant, '${stranger}', envelope, data_key_id, schema_version
         FROM cards WHERE ${own} AND token_id = '${third}'`,
        `UPDATE cards SET envelope = o.envelope FROM cards o
         WHERE cards.${own} AND o.${own}
         AND (cards.token_id, o.token_id) IN (('${one}', '${other}'), ('${other}', '${one}'))`,
        `DELETE FROM tokens WHERE ${own} AND token_id = '${fourth}'`,
      ])
        await cluster.ask(text);
      await arena.judge(true);
      const { lost, wrong } = arena.ledger.told();
      expect(lost).toStrictEqual(
        expect.arrayContaining([
          `${one} shows no card`,
          `${other} shows no card`,
          `${fourth} is not there`,
        ]),
      );
      expect(wrong).toStrictEqual(
        expect.arrayContaining([
          expect.stringMatching(new RegExp(`^2 entries token\\.(?:create|import) of ${third}$`)),
          `nobody was told of ${stranger}`,
          `half of ${fourth} is there`,
        ]),
      );
    }, 60_000);
  },
);
