import { wholeNodes } from '@hushfield/crypto/tlog';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import {
  leaveEntries,
  putBack,
  rewrite,
  type SignedLog,
  signedLog,
  testLog,
} from '../../test/audit-log.ts';
import { ENGINES } from '../../test/engines.ts';
import { Sequencer } from './sequencer.ts';

/* What whoever can write the database may do to the log behind a worker's back. */
describe.each(ENGINES)('a log that was changed on %s', (engine) => {
  let at: SignedLog;
  beforeEach(async () => {
    at = await signedLog(engine);
  }, 60_000);
  afterEach(() => at.it.close());

  test('attacks: signs nothing more when the database was put back to an earlier state', async () => {
    await at.goOn(20, 'a');
    await putBack(at.it.vault.sql.owner, at.before + 5);
    await at.goOn(100, 'b');
    expect(at.log.sequencer.contradiction).toContain('the witness knows of');
    expect(at.it.lines.join('')).toContain('contradicts the witness');
    expect((await at.state()).signedSize).toBe(at.before);
    expect((await at.verdict()).finding).toMatchObject({ index: at.before + 5 });
    // Also when another node has signed the other past.
    const other = await testLog(at.it.vault);
    at.it.time.now += 61_000;
    await at.it.vault.sql.owner.query("UPDATE audit_head SET until = '-infinity'");
    await other.sequencer.round();
    expect((await at.state()).signedSize).toBeGreaterThan(at.before + 20);
    await at.goOn(1, 'c');
    expect(at.log.sequencer.contradiction).toBeDefined();
  });

  test('attacks: signs no tree that was made anew over a past that the witness knows', async () => {
    await at.goOn(20, 'a');
    await rewrite(at.it.vault.sql.owner, at.before + 3);
    const later = new Sequencer({ ...at.it.vault, witnessFile: at.log.witnessFile });
    await leaveEntries(at.it.vault.sql.owner, 20, 'b');
    await at.it.vault.sql.owner.query("UPDATE audit_head SET until = '-infinity'");
    at.it.time.now += 61_000;
    await later.round();
    expect(later.contradiction).toContain('other entries');
    expect((await at.state()).signedSize).toBe(at.before + 20);
  });

  test('attacks: neither goes on nor signs when what it has placed a moment ago was changed', async () => {
    await leaveEntries(at.it.vault.sql.owner, 20, 'a');
    await at.log.sequencer.round();
    expect(await at.state()).toMatchObject({ size: at.before + 20, signedSize: at.before });
    await rewrite(at.it.vault.sql.owner, at.before + 7);
    await at.goOn(20, 'b');
    expect(at.log.sequencer.contradiction).toContain('other entries');
    expect(await at.state()).toMatchObject({
      size: at.before + 20,
      signedSize: at.before,
      waiting: 20,
    });
  });

  test('attacks: signs no rewritten log that shows the old edge to whoever asks for it', async () => {
    // At 31 the edge is five subtrees, at 32 it is one other: both can be there at once.
    const [placed, forged] = [31, 32];
    await leaveEntries(at.it.vault.sql.owner, placed - at.before, 'a');
    await at.log.sequencer.round();
    const edge = wholeNodes({ begin: 0, end: placed });
    const honest = await at.it.vault.sql.owner.query(
      'SELECT level, position, hash FROM audit_nodes',
    );
    await at.it.vault.sql.owner.transaction(async (sql) => {
      await sql.script(`SET LOCAL session_replication_role = replica;
        INSERT INTO audit_entries SELECT tenant, 'aud_forged', at, actor, action, resource, outcome, origin,
          request_id FROM audit_entries LIMIT 1;
        INSERT INTO audit_leaves SELECT ${placed}, tenant, entry_id, resource FROM audit_entries
          WHERE entry_id = 'aud_forged';
        UPDATE audit_head SET size = ${forged}, until = '-infinity'`);
    });
    await rewrite(at.it.vault.sql.owner, at.before + 3);
    await at.it.vault.sql.owner.transaction(async (sql) => {
      await sql.script('SET LOCAL session_replication_role = replica');
      for (const { level, position, hash } of honest)
        if (edge.some((node) => node.level === level && node.index === Number(position)))
          await sql.query('UPDATE audit_nodes SET hash = $3 WHERE level = $1 AND position = $2', [
            ...[level, position, Buffer.from(hash as Uint8Array)],
          ]);
    });
    await at.goOn(0, 'b');
    await at.goOn(3, 'c');
    expect(at.log.sequencer.contradiction).toContain('that we placed');
    expect((await at.state()).signedSize).toBe(at.before);
  });
});
