import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import {
  chmodSync,
  closeSync,
  linkSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { BARE } from '../../test/bare-environment.ts';
import { lineOf, lines } from '../../test/card-lines.ts';
import { ENGINES, emptyDatabase, type TestDatabase } from '../../test/engines.ts';
import { type TestVault, testVault } from '../../test/test-vault.ts';
import { rotatePepper } from '../rotation/rotate-pepper.ts';
import { deleteTextPolicy, insertTextPolicy } from '../tokens/text-policies.ts';
import { checkLines, importLines, type Source } from './import-file.ts';

const MAIN = join(import.meta.dirname, '..', 'cli', 'main.ts');
const silent = () => {};
/** What is no card. */
const OTHERS = [
  { reference: 'o-1', iban: 'DE89370400440532013000' },
  { reference: 'o-2', routingNumber: '021000021', accountNumber: '000123456', customer: 'c' },
  { reference: 'o-3', policy: 'tax-id', text: '123456789' },
];

const sourceOf = (text: string): Source =>
  async function* () {
    yield Buffer.from(text);
  };
const readOut = (path: string): { reference: string; token: string }[] =>
  readFileSync(path, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line));

describe.each(ENGINES)('imports on %s', (engine) => {
  let it: TestVault;
  beforeAll(async () => {
    it = await testVault({ engine });
  }, 60_000);
  afterAll(() => it.close());

  const count = async () => (await it.vault.sql.owner.query('SELECT FROM tokens')).length;
  const out = () => join(it.folder, 'out.ndjson');
  const bring = async (text: string) => {
    const judged = await checkLines(it.vault, it.merchant.tenant, sourceOf(text), silent);
    const place = { source: sourceOf(text), out: out(), judged };
    const done = await importLines(it.vault, it.merchant.tenant, place, silent);
    return { ...done, unfit: judged.wrong };
  };

  test('give each reference one token, that is kept, however often it is run', async () => {
    expect(await bring(lines(0, 450))).toStrictEqual({ imported: 450, wrong: [], unfit: [] });
    const first = readOut(out());
    expect(await bring(lines(0, 500))).toMatchObject({ imported: 500 });
    expect(readOut(out()).slice(0, 450)).toStrictEqual(first);
    expect(await count()).toBe(500);
    const [row] = await it.vault.sql.owner.query(
      `SELECT count(*)::int AS n FROM audit_entries
       WHERE action = 'token.import' AND actor = 'operator'`,
    );
    expect(row?.['n']).toBe(500);
    const kept = await it.vault.sql.owner.query('SELECT FROM tokens WHERE expires_at IS NULL');
    expect(kept.length).toBe(500);
  });

  test('tell of a line that was good when it was judged, and is not any more', async () => {
    const [good, bad] = [lines(3_000, 3_002), `${lines(3_000, 3_001)}\n{}\n`];
    let reads = 0;
    const source: Source = () => sourceOf(reads++ === 0 ? good : bad)();
    const judged = await checkLines(it.vault, it.merchant.tenant, source, silent);
    const place = { source, out: out(), judged };
    const done = await importLines(it.vault, it.merchant.tenant, place, silent);
    expect(done).toMatchObject({ imported: 1, wrong: [{ line: expect.any(Number) }] });
  });

  test('take accounts and texts too, and know them again', async () => {
    const admin = it.vault.sql.as('admin');
    const policy = { name: 'tax-id', alphabet: 'digits', minLength: 8, maxLength: 11 } as const;
    await insertTextPolicy(admin, it.merchant.tenant, policy, new Date());
    const text = OTHERS.map((line) => `${JSON.stringify(line)}\n`).join('');
    expect(await bring(text)).toStrictEqual({ imported: 3, wrong: [], unfit: [] });
    const first = readOut(out());
    const types = await it.vault.sql.owner.query(
      'SELECT type FROM tokens WHERE token_id = ANY ($1) AND expires_at IS NULL ORDER BY type',
      [first.map(({ token }) => token)],
    );
    expect(types.map(({ type }) => type)).toStrictEqual(['bank_account', 'iban', 'text']);
    await bring(text);
    expect(readOut(out())).toStrictEqual(first);
    const other = JSON.stringify({ ...OTHERS[2], text: '12345678' });
    expect((await bring(`${other}\n`)).wrong).toStrictEqual([
      { line: 1, wrong: 'reference was imported before, with something else' },
    ]);
    // The rules of a run are those that it began with.
    await deleteTextPolicy(admin, it.merchant.tenant, 'tax-id');
    expect((await bring(text)).unfit).toStrictEqual([{ line: 3, wrong: 'text: invalid_text' }]);
  });

  test('make one token of two runs at once', async () => {
    const before = await count();
    await Promise.all([bring(lines(1_000, 1_300)), bring(lines(1_000, 1_300))]);
    expect(await count()).toBe(before + 300);
  });

  test('know a reference again after the pepper was rotated', async () => {
    await bring(lines(2_000, 2_010));
    const before = await count();
    await rotatePepper(it.vault);
    it.time.now += 11 * 60_000;
    await bring(lines(2_000, 2_010));
    expect(await count()).toBe(before);
  });

  test('name lines that are wrong, and a reference that has another card, by number', async () => {
    const twice = lineOf(3_000);
    const other = lineOf(3_001).replace('r-3001', 'r-2000');
    const { wrong, unfit, imported } = await bring(`${twice}\nno\n${twice}${other}`);
    expect(imported).toBe(1);
    expect(unfit).toStrictEqual([
      { line: 3, wrong: 'is no JSON object' },
      { line: 4, wrong: 'reference is that of line 1' },
    ]);
    expect(wrong).toStrictEqual([
      ...unfit,
      { line: 5, wrong: 'reference was imported before, with something else' },
    ]);
  });

  test('say so when other lines come the second time, and name what has a token', async () => {
    const judged = await checkLines(
      it.vault,
      it.merchant.tenant,
      sourceOf(lines(4_000, 4_010)),
      silent,
    );
    const place = { source: sourceOf(lines(4_000, 4_004)), out: out(), judged };
    const done = importLines(it.vault, it.merchant.tenant, place, silent);
    await expect(done).rejects.toThrow('10 were judged, 4 were there afterwards');
    expect(readOut(out())).toHaveLength(4);
  });

  test('leave what an earlier run has told as it was until theirs is whole, for one pair of eyes', async () => {
    await bring(lines(5_000, 5_002));
    chmodSync(out(), 0o644);
    const before = readFileSync(out(), 'utf8');
    const broken: Source = async function* () {
      yield Buffer.from(lines(5_000, 5_300));
      throw new Error('the stick was pulled');
    };
    const place = { source: broken, out: out(), judged: { good: 300, wrong: [] } };
    const cutOff = importLines(it.vault, it.merchant.tenant, place, silent);
    await expect(cutOff).rejects.toThrow('pulled');
    expect(readFileSync(out(), 'utf8')).toBe(before);
    await bring(lines(5_000, 5_300));
    expect(readOut(out())).toHaveLength(300);
    expect(statSync(out()).mode & 0o777).toBe(0o600);
    expect(readdirSync(it.folder).filter((name) => name.endsWith('.tmp'))).toStrictEqual([]);
  });
});

describe.runIf(ENGINES.includes('postgres'))('the command', () => {
  const CARDS = 10_000;
  let folder: string;
  let db: TestDatabase;
  let env: Record<string, string>;
  let killed: ChildProcess | undefined;
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'hushfield-import-'));
    db = await emptyDatabase('postgres');
    env = {
      ...BARE,
      HUSHFIELD_DATA_DIR: join(folder, 'data'),
      DATABASE_URL: db.url ?? '',
    };
  }, 60_000);
  afterAll(async () => {
    killed?.kill('SIGKILL');
    await db.drop();
    rmSync(folder, { recursive: true, force: true });
  });
  const hushfield = (...words: string[]) =>
    spawnSync(process.execPath, [MAIN, ...words, '--json'], { env, encoding: 'utf8' });
  const count = async () => (await db.sql.owner.query('SELECT FROM tokens')).length;

  test('imports ten thousand cards once, though it was killed in the middle', async () => {
    expect(hushfield('migrate').status).toBe(0);
    const { tenant } = JSON.parse(hushfield('tenant', 'create', '--name', 'Shop').stdout);
    const [file, out] = [join(folder, 'cards.ndjson'), join(folder, 'out.ndjson')];
    writeFileSync(file, lines(0, CARDS));
    const words = ['import', '--tenant', tenant, '--file', file, '--out', out];
    const child = spawn(process.execPath, [MAIN, ...words], { env });
    killed = child;
    await new Promise<void>((resolve, reject) => {
      child.stderr.on('data', (data) => String(data).includes('3000 of') && resolve());
      child.once('exit', () => reject(new Error('it was too fast to be killed')));
    });
    child.removeAllListeners('exit');
    const ended = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGKILL');
    await ended;
    const before = await count();
    expect(before).toBeGreaterThanOrEqual(3_000);
    expect(before).toBeLessThan(CARDS);
    const again = hushfield(...words);
    expect([again.status, JSON.parse(again.stdout)]).toStrictEqual([
      0,
      { imported: CARDS, wrong: [] },
    ]);
    expect(await count()).toBe(CARDS);
    const told = readOut(out);
    expect(new Set(told.map(({ token }) => token)).size).toBe(CARDS);
    expect(new Set(told.map(({ reference }) => reference)).size).toBe(CARDS);
    expect(`${again.stdout}${again.stderr}${readFileSync(out, 'utf8')}`).not.toMatch(/4242\d{8}/);
  }, 120_000);

  test('stores nothing while a line is wrong, and the others when it is told to', async () => {
    const { tenant } = JSON.parse(hushfield('tenant', 'create', '--name', 'Other').stdout);
    const [file, out] = [join(folder, 'wrong.ndjson'), join(folder, 'wrong-out.ndjson')];
    writeFileSync(file, `${lines(0, 3)}{"number":"4242424242424241"}\n`);
    const words = ['import', '--tenant', tenant, '--file', file, '--out', out];
    const refused = hushfield(...words);
    expect([refused.status, JSON.parse(refused.stdout).imported]).toStrictEqual([1, 0]);
    expect(await count()).toBe(CARDS);
    const taken = hushfield(...words, '--skip-invalid');
    expect([taken.status, JSON.parse(taken.stdout)]).toMatchObject([
      1,
      { imported: 3, wrong: [{ line: 4 }] },
    ]);
    expect(await count()).toBe(CARDS + 3);
  }, 60_000);

  test.each([
    ['its own name', (file: string) => file],
    ['another name of it', (file: string) => named(file, linkSync)],
    ['a link to it', (file: string) => named(file, symlinkSync)],
  ])(
    'attacks: does not write over the cards under %s',
    async (_name, outOf) => {
      const { tenant } = JSON.parse(hushfield('tenant', 'create', '--name', 'Over').stdout);
      const file = join(folder, 'over.ndjson');
      writeFileSync(file, lines(0, 3));
      const out = outOf(file);
      const before = await count();
      for (const words of [['--file', file], []]) {
        const command = [MAIN, 'import', '--tenant', tenant, ...words, '--out', out];
        const stdin = openSync(file, 'r');
        const stdio = [stdin, 'pipe', 'pipe'] as const;
        const { status, stderr } = spawnSync(process.execPath, command, { env, stdio: [...stdio] });
        closeSync(stdin);
        expect([status, String(stderr)]).toStrictEqual([
          1,
          expect.stringContaining('is the file with the cards'),
        ]);
      }
      expect([readFileSync(file, 'utf8'), await count()]).toStrictEqual([lines(0, 3), before]);
    },
    60_000,
  );

  test('takes a pipe as its input, and neither as its file nor in the place of the tokens', async () => {
    const { tenant } = JSON.parse(hushfield('tenant', 'create', '--name', 'Pipes').stdout);
    const [pipe, out] = [join(folder, 'pipe'), join(folder, 'pipe-out.ndjson')];
    expect(spawnSync('mkfifo', [pipe]).status).toBe(0);
    const words = ['import', '--tenant', tenant];
    const refused = hushfield(...words, '--file', pipe, '--out', out);
    expect([refused.status, refused.stderr]).toStrictEqual([
      1,
      expect.stringContaining('no regular file'),
    ]);
    const input = lines(0, 3);
    const run = (place: string) =>
      spawnSync(process.execPath, [MAIN, ...words, '--out', place], { env, input });
    expect(run(pipe).status).toBe(1);
    expect(run(out).status).toBe(0);
    expect(readOut(out)).toHaveLength(3);
  }, 60_000);
});

/** Gives a file a second name, and tells it. */
function named(file: string, link: (file: string, name: string) => void): string {
  const name = `${file}.${link.name}`;
  link(file, name);
  return name;
}
