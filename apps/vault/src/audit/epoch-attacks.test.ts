import { readFileSync, writeFileSync } from 'node:fs';
import { generateSigningSeed, importSigningSeed } from '@hushfield/crypto/manifest';
import { type Checkpoint, signCheckpoint } from '@hushfield/crypto/tlog';
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
import { beginEpoch, planEpoch } from './begin-epoch.ts';
import { signWhenDue } from './sign-when-due.ts';
import { rootAt } from './tree-store.ts';

const SINCE = 1_800_000_000;

/** What an epoch would be signed as, were it begun as an operator does. */
type Genuine = { readonly name: string; readonly state: Checkpoint; readonly note: string };
/** What somebody puts into the database instead: the number of an epoch, and its states. */
type Forged = { readonly epoch?: number; readonly rows: readonly (readonly [number, string])[] };

/* Whoever can write the database has put an older one in its place, and now says that an epoch has begun. */
const FORGERIES: readonly (readonly [string, (genuine: Genuine) => Forged | Promise<Forged>])[] = [
  ['without any state', () => ({ rows: [] })],
  ['by a state that is none', ({ state }) => ({ rows: [[state.size, 'none']] })],
  [
    'by a key of theirs',
    ({ state }) => ({ rows: [[state.size, signCheckpoint(stranger, state)]] }),
  ],
  ['by a state of another size', ({ state, note }) => ({ rows: [[state.size - 1, note]] })],
  [
    'by a state of another epoch',
    ({ state, note }) => ({
      epoch: SINCE + 1,
      rows: [[state.size, note]],
    }),
  ],
  [
    'by a changed state',
    ({ state, note }) => ({
      rows: [[state.size, note.replace(/\nafter .*\n/, '\n')]],
    }),
  ],
  [
    'by a state of before',
    async ({ state }) => ({ rows: [[state.size, await ownNote(state.size)]] }),
  ],
  [
    'by a sound state, behind one that is none',
    ({ state, note }) => ({
      rows: [
        [1, 'none'],
        [state.size, note],
      ],
    }),
  ],
];
const stranger = importSigningSeed(generateSigningSeed());
let ownNote: (size: number) => Promise<string>;

describe.each(ENGINES)('an epoch that is none on %s', { timeout: 60_000 }, (engine) => {
  let at: SignedLog;
  beforeEach(async () => {
    at = await signedLog(engine);
    const { name } = await at.log.trust();
    const key = await at.it.vault.keys.signingKey('audit');
    ownNote = async (size) => signCheckpoint(key, { origin: name, size, root: await rootOf(size) });
  }, 60_000);
  afterEach(() => at.it.close());

  const owner = () => at.it.vault.sql.owner;
  const rootOf = (size: number) => rootAt(at.it.vault.sql.as('sequencer'), size);
  const put = async ({ epoch = SINCE, rows }: Forged) => {
    for (const [size, note] of rows)
      await owner().query('INSERT INTO audit_epoch_checkpoints VALUES ($1, $2, $3, now())', [
        ...[epoch, size, note],
      ]);
    await owner().query('UPDATE audit_head SET epoch = $1', [epoch]);
  };
  const look = async () => {
    at.it.time.now += 61_000;
    await at.log.sequencer.round();
  };
  const genuine = async (size: number): Promise<Genuine> => {
    const { name } = await at.log.trust();
    const { frontier } = await at.log.witnessed();
    const after = { origin: name, size: frontier.size, root: frontier.root };
    const state = { origin: `${name}/${SINCE}`, size, root: await rootOf(size), after };
    return { name, state, note: signCheckpoint(await at.it.vault.keys.signingKey('audit'), state) };
  };

  test('is followed where it is one', async () => {
    await at.goOn(20, 'a');
    await putBack(owner(), at.before + 5);
    const { note } = await genuine(at.before + 5);
    await put({ rows: [[at.before + 5, note]] });
    await look();
    expect(at.log.sequencer.contradiction).toBeUndefined();
  });

  test.each(FORGERIES)('attacks: is followed by nobody when it is begun %s', async (_name, act) => {
    await at.goOn(20, 'a');
    await putBack(owner(), at.before + 5);
    await put(await act(await genuine(at.before + 5)));
    const text = readFileSync(at.log.witnessFile, 'utf8');
    await look();
    await at.goOn(3, 'b');
    expect(at.log.sequencer.contradiction).toContain('which no key of this log has begun');
    expect(await at.state()).toMatchObject({ size: at.before + 5, waiting: 3 });
    expect(readFileSync(at.log.witnessFile, 'utf8')).toBe(text);
    expect(at.it.lines.join('')).not.toContain('a new epoch');
    expect((await at.verdict()).states).toBe(0);
  });

  test('attacks: is followed by nobody whose first state is gone, and with it what it gave up', async () => {
    await at.goOn(20, 'a');
    await putBack(owner(), at.before + 5);
    const { after: _none, ...state } = (await genuine(at.before + 5)).state;
    const note = signCheckpoint(await at.it.vault.keys.signingKey('audit'), state);
    await put({ rows: [[at.before + 5, note]] });
    await look();
    expect(at.log.sequencer.contradiction).toContain('which no key of this log has begun');
  });

  test('attacks: changes nothing of what stays, even where an operator was led to begin one', async () => {
    await at.goOn(20, 'a');
    await rewrite(owner(), at.before + 3);
    await putBack(owner(), at.before + 10);
    // A witness that knows nothing has nothing to say against it.
    const other = await testLog(at.it.vault);
    writeFileSync(other.witnessFile, '');
    const trust = await other.trust();
    await owner().transaction((sql) =>
      sql.script('SET LOCAL session_replication_role = replica; DELETE FROM audit_checkpoints'),
    );
    const plan = await planEpoch(at.it.vault.sql.as('admin'), trust, await other.witnessed());
    await beginEpoch(at.it.vault, trust, plan);
    await look();
    await look();
    expect(at.log.sequencer.contradiction).toContain('does not lead to the signed state');
    expect((await at.log.witnessed()).epoch).toBe(0);
    expect(await at.verdict()).toMatchObject({ finding: { index: at.before + 3 } });
  });

  test('attacks: changes nothing of what a worker has placed itself, where that stays', async () => {
    await leaveEntries(owner(), 20, 'a');
    await at.log.sequencer.round();
    await rewrite(owner(), at.before + 7);
    await look();
    expect(at.log.sequencer.contradiction).toContain('other entries');
    const trust = await at.log.trust();
    const plan = await planEpoch(at.it.vault.sql.as('admin'), trust, await at.log.witnessed());
    await beginEpoch(at.it.vault, trust, plan);
    await at.goOn(1, 'b');
    expect(at.log.sequencer.contradiction).toContain('other entries');
    expect(await at.state()).toMatchObject({ size: at.before + 20, signedSize: at.before + 20 });
  });

  test('attacks: is signed in by nobody whose witness has not looked into it', async () => {
    await leaveEntries(owner(), 5, 'a');
    await at.log.sequencer.round();
    const { frontier: witnessed, epoch } = await at.log.witnessed();
    const signing = { vault: at.it.vault, epoch, witnessed, known: witnessed, isLast: true };
    await put({ rows: [] });
    expect(await signWhenDue(signing)).toBe(false);
    expect(await at.state()).toMatchObject({ size: at.before + 5, signedSize: 0 });
    await put({ epoch: 0, rows: [] });
    expect(await signWhenDue(signing)).toBe(true);
  });

  test.each([
    ['takes its beginning away', (lines: string[]) => lines.filter((_, place) => place !== 2)],
    ['puts its beginning first', ([a, b, c, d]: string[]) => [c, a, b, d]],
    ['repeats what was given up', (lines: string[]) => [...lines, lines[1]]],
    [
      'says that it gives up more',
      (lines: string[]) =>
        lines.map((line, place) => (place === 2 ? line?.replace(/"from":\d+/, '"from":1') : line)),
    ],
  ])('attacks: believes no witness file in which somebody %s', async (_name, change) => {
    await at.goOn(20, 'a');
    await putBack(owner(), at.before + 5);
    await put({ rows: [[at.before + 5, (await genuine(at.before + 5)).note]] });
    await at.goOn(3, 'b');
    const lines = readFileSync(at.log.witnessFile, 'utf8').trimEnd().split('\n');
    expect(lines).toHaveLength(4);
    const states = lines.map((line) => epochIn(line));
    expect(states).toStrictEqual([0, 0, SINCE, SINCE]);
    const { faults: none } = await at.log.witnessed();
    expect(none).toStrictEqual([]);
    writeFileSync(at.log.witnessFile, `${change(lines).join('\n')}\n`);
    const { faults } = await at.log.witnessed();
    expect(faults.length).toBeGreaterThan(0);
  });

  const epochIn = (line: string) => Number(/\/(\d+)\\n/.exec(line)?.[1] ?? 0);
});
