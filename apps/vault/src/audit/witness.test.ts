import {
  appendFileSync,
  mkdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { leaveEntries, type SignedLog, signedLog, testLog } from '../../test/audit-log.ts';
import { ENGINES } from '../../test/engines.ts';
import { Sequencer } from './sequencer.ts';

describe.each(ENGINES)('a witness file on %s', (engine) => {
  let at: SignedLog;
  beforeEach(async () => {
    at = await signedLog(engine);
  }, 60_000);
  afterEach(() => at.it.close());

  test('leaves the places to others when its witness file cannot be written, and they sign', async () => {
    rmSync(at.log.witnessFile);
    mkdirSync(at.log.witnessFile);
    await leaveEntries(at.it.vault.sql.owner, 5, 'a');
    at.it.time.now += 61_000;
    await at.log.sequencer.round().catch(() => {});
    await leaveEntries(at.it.vault.sql.owner, 5, 'b');
    await at.log.sequencer.round().catch(() => {});
    expect((await at.state()).waiting).toBe(10);
    // Nobody else came.
    await at.it.vault.sql.owner.query("UPDATE audit_pending SET noted_at = now() - interval '9 s'");
    await expect(at.log.sequencer.round()).rejects.toThrow('EISDIR');
    expect(await at.state()).toMatchObject({ waiting: 0, signedSize: at.before });
    const other = await testLog(at.it.vault);
    await at.it.vault.sql.owner.query("UPDATE audit_head SET until = '-infinity'");
    at.it.time.now += 61_000;
    await other.sequencer.round();
    expect(await at.state()).toMatchObject({ waiting: 0, signedSize: at.before + 10 });
  });

  test.each([
    [
      'cut off in the middle of its last line',
      (file: string, text: string) => truncateSync(file, text.length - 30),
    ],
    [
      'without its last line break',
      (file: string, text: string) => truncateSync(file, text.length - 1),
    ],
    ['with half a line behind it', (file: string) => appendFileSync(file, '{"v":1,"from":')],
    ['with every line twice', (file: string, text: string) => writeFileSync(file, text + text)],
    ['that is gone, with the memory of it', (file: string) => rmSync(file)],
  ])('goes on behind a witness file %s', async (_name, harm) => {
    await at.goOn(20, 'a');
    harm(at.log.witnessFile, readFileSync(at.log.witnessFile, 'utf8'));
    // A process that comes after a power cut.
    const later = new Sequencer({ ...at.it.vault, witnessFile: at.log.witnessFile });
    await leaveEntries(at.it.vault.sql.owner, 20, 'b');
    await at.it.vault.sql.owner.query("UPDATE audit_head SET until = '-infinity'");
    at.it.time.now += 61_000;
    await later.round();
    expect(later.contradiction).toBeUndefined();
    expect((await at.log.witnessed()).frontier.size).toBe(at.before + 40);
    expect(await at.verdict()).toMatchObject({ covered: at.before + 40, finding: undefined });
  });

  test.each([
    ['forges a state', (text: string) => text.replace(/"leaves":"..../, '"leaves":"AAAA')],
    ['removes a state', (text: string) => text.split('\n').slice(1).join('\n')],
    ['changes a signature', (text: string) => text.replace(/....=\\n"/, 'AAAA=\\n"')],
  ])(
    'attacks: believes nothing of a witness file after somebody %s in it',
    async (_name, change) => {
      await at.goOn(20, 'a');
      writeFileSync(at.log.witnessFile, change(readFileSync(at.log.witnessFile, 'utf8')));
      const { faults, frontier } = await at.log.witnessed();
      expect(faults.length).toBeGreaterThan(0);
      expect(frontier.size).toBeLessThan(at.before + 20);
    },
  );
});
