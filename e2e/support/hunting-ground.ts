import { createHash, randomInt } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { BrowserContext, BrowserType, LaunchOptions, Page } from '@playwright/test';
import { type Card, canaryNumber, randomDigits, VISA } from './cards.ts';
import { allValues, newDatabase, type Query, withEmbedded, withPostgres } from './database.ts';
import { type Deployment, deploy } from './deployment.ts';
import { dumpsOf } from './dump.ts';
import { filesBelow, type Form, formsOf, formsOfWords } from './hunt.ts';
import type { Control } from './hunt-control.ts';
import { PageWitness } from './page-witness.ts';
import { RecordingProxy } from './recording-proxy.ts';
import { Traffic } from './traffic.ts';
import { layers } from './unpack.ts';

const FIELDS_PROXY = 6;
const API_PROXY = 5;
const FOLDERS = ['server-tmp', 'server-home', 'browser-tmp', 'browser-home', 'profile'] as const;

export type GroundOptions = {
  readonly browser: BrowserType;
  readonly launch: LaunchOptions;
  readonly ticketSeconds?: number;
  /** A PostgreSQL server to make a database on; the embedded one otherwise. */
  readonly server?: string;
};

/** The secrets of a run, and the places where they could have been left. */
export type Evidence = {
  readonly haystacks: ReadonlyMap<string, readonly Buffer[]>;
  /** The columns of the database, for secrets too short to look for among bytes. */
  readonly columns: readonly Column[];
  readonly sessions: readonly string[];
};
type Column = { readonly column: string; readonly text: string };
/** What a database gives to whoever may read all of it, dumps it, or takes its disk. */
type Stored = {
  readonly columns: Column[];
  readonly dumps: readonly Buffer[];
  readonly stored: readonly Buffer[];
};

/** One deployment, one browser with a profile, and folders of their own for all that either writes. */
export class HuntingGround {
  readonly #root = mkdtempSync(join(tmpdir(), 'hushfield-hunt-'));
  readonly #secrets = new Map<string, readonly Form[]>();
  readonly #codes: string[] = [];
  readonly #answers: string[] = [];
  readonly #snapshots: Buffer[] = [];
  readonly #cleaners: (() => Promise<unknown>)[] = [];
  readonly #options: GroundOptions;
  #databaseUrl: string | undefined;
  deployment!: Deployment;
  context!: BrowserContext;
  page!: Page;
  witness!: PageWitness;
  api!: RecordingProxy;
  fields!: RecordingProxy;
  #traffic!: Traffic;

  private constructor(options: GroundOptions) {
    this.#options = options;
  }

  static async open(options: GroundOptions): Promise<HuntingGround> {
    const ground = new HuntingGround(options);
    try {
      for (const name of FOLDERS) mkdirSync(ground.folder(name));
      await ground.#startServers();
      await ground.#startBrowser();
    } catch (error) {
      await ground.close();
      throw error;
    }
    return ground;
  }

  folder(name: (typeof FOLDERS)[number]): string {
    return join(this.#root, name);
  }

  async #startServers(): Promise<void> {
    const { server, ticketSeconds } = this.#options;
    if (server !== undefined) {
      const { url, drop } = await newDatabase(server);
      this.#databaseUrl = url;
      this.#cleaners.push(drop);
    }
    this.deployment = await deploy({
      ...(this.#databaseUrl === undefined ? {} : { databaseUrl: this.#databaseUrl }),
      env: (base) => ({
        API_ORIGIN: `http://127.0.0.1:${base + API_PROXY}`,
        FIELDS_ORIGIN: `http://127.0.0.1:${base + FIELDS_PROXY}`,
        TMPDIR: this.folder('server-tmp'),
        HOME: this.folder('server-home'),
        LOG_LEVEL: 'debug',
        ...(ticketSeconds === undefined ? {} : { TICKET_SECONDS: String(ticketSeconds) }),
      }),
    });
    const { portBase } = this.deployment;
    this.#cleaners.push(() => this.deployment.dispose());
    this.api = new RecordingProxy(portBase + 2);
    this.fields = new RecordingProxy(portBase + 1);
    await this.api.listen(portBase + API_PROXY);
    await this.fields.listen(portBase + FIELDS_PROXY);
    this.#cleaners.push(
      () => this.api.close(),
      () => this.fields.close(),
    );
  }

  async #startBrowser(): Promise<void> {
    const { browser, launch } = this.#options;
    const { PATH = '', DISPLAY } = process.env;
    this.context = await browser.launchPersistentContext(this.folder('profile'), {
      ...launch,
      env: {
        PATH,
        ...(DISPLAY === undefined ? {} : { DISPLAY }),
        HOME: this.folder('browser-home'),
        TMPDIR: this.folder('browser-tmp'),
      },
      ...(this.engine === 'chromium'
        ? { recordHar: { path: this.#har, content: 'embed' as const } }
        : {}),
    });
    this.#cleaners.push(() => this.context.close());
    this.#traffic = new Traffic(this.context);
    this.page = await this.context.newPage();
    this.witness = await PageWitness.of(this.page);
  }

  get engine(): string {
    return this.#options.browser.name();
  }

  get #har(): string {
    return join(this.#root, 'run.har');
  }

  /** Digits that nobody else has, hunted for from now on. */
  watch(digits: string, what: string): string {
    this.#secrets.set(`${what} ${this.#secrets.size}`, formsOf(digits));
    return digits;
  }

  /** A valid card of its own, with a code and a name of its own, hunted for from now on. */
  card(what: string): Card & { name: string } {
    // Its last four digits stand in clear, and must not be taken for a code.
    let number = canaryNumber('37828224', 15);
    while (number.at(-4) === '0') number = canaryNumber('37828224', 15);
    this.watch(number, what);
    const name = `Quilla ${Array.from({ length: 12 }, () => String.fromCharCode(randomInt(97, 123))).join('')}`;
    this.#secrets.set(`${what} name`, formsOfWords(name));
    return { number, name, cvc: this.code(), expiry: VISA.expiry };
  }

  /** A code that nothing writes by itself: no number of ours begins with a zero. */
  code(): string {
    const code = `0${randomDigits(3)}`;
    if (this.#codes.includes(code) || code === '0000') return this.code();
    this.#codes.push(code);
    return code;
  }

  get codes(): readonly string[] {
    return this.#codes;
  }

  get secrets(): ReadonlyMap<string, readonly Form[]> {
    return this.#secrets;
  }

  /** What a server said to a request that no browser makes. */
  answered(answer: Buffer | string): void {
    this.#answers.push(answer.toString('latin1'));
  }

  /** What a thief who came right now would take. */
  snapshot(): void {
    this.#snapshots.push(...bytesBelow(this.deployment.dataDir));
  }

  /**
   * Stops everything and gathers what it left. The control is written into every folder, put behind
   * every text and stored in the database, before anything is read.
   */
  async gather(control: Control): Promise<Evidence> {
    const endpoints = await this.#endpoints();
    const bodies = await this.#traffic.text();
    await this.context.close();
    await this.deployment.stop();
    const { columns, stored, dumps } = await this.#database(control);
    const folders = FOLDERS.map((name) => [name, this.folder(name)] as const);
    for (const [, folder] of folders) writeFileSync(join(folder, 'control'), control.bytes);
    const kept = (...texts: (string | Buffer)[]) => [
      ...texts.map((text) => Buffer.from(text)),
      control.bytes,
    ];
    const haystacks = new Map<string, readonly Buffer[]>([
      ['bodies', kept(bodies)],
      ['api wire', kept(this.api.bytes)],
      ['fields wire', kept(this.fields.bytes)],
      ['page', kept(this.witness.text)],
      ['logs', kept(this.deployment.logs())],
      ['answers', kept(this.#answers.join('\n'))],
      ['endpoints', kept(endpoints)],
      ['columns', kept(columns.map(({ text }) => text).join('\n'))],
      ['data', distinct([...this.#snapshots, ...stored, ...bytesBelow(this.deployment.dataDir)])],
      ...folders.map(([name, folder]) => [name, bytesBelow(folder)] as const),
      ...(dumps.length > 0 ? [['dumps', kept(...dumps)] as const] : []),
      ...(existsSync(this.#har) ? [['har', kept(readFileSync(this.#har))] as const] : []),
    ]);
    return { haystacks, columns, sessions: sessionTexts(this.folder('profile')) };
  }

  async #endpoints(): Promise<string> {
    const { vaultApi, operate, fieldsOrigin, shopOrigin } = this.deployment;
    const urls = ['/metrics', '/healthz', '/readyz']
      .map((path) => operate + path)
      .concat(`${vaultApi}/v1/keys/manifest`)
      .concat(`${fieldsOrigin}/metrics`, `${shopOrigin}/healthz`);
    const answers = await Promise.all(urls.map((url) => fetch(url)));
    if (answers[0]?.status !== 200) throw new Error('there are no metrics to hunt in');
    const texts = await Promise.all(answers.map((answer) => answer.text()));
    return texts.join('\n');
  }

  /** Reads all columns, then stores the control, so that it must lie in the files. */
  async #database(control: Control): Promise<Stored> {
    const url = this.#databaseUrl;
    const use = async (query: Query) => {
      const columns = await allValues(query);
      const dumps = url === undefined ? [] : dumpsOf(url);
      await query('CREATE TABLE control (bytes bytea)');
      await query("INSERT INTO control SELECT decode(unnest(string_to_array($1, ',')), 'hex')", [
        control.parts.map((part) => part.toString('hex')).join(),
      ]);
      await query('CHECKPOINT');
      return { columns, dumps, stored: await serverFiles(query, url) };
    };
    return url === undefined ? withEmbedded(this.deployment.dataDir, use) : withPostgres(url, use);
  }

  async close(): Promise<void> {
    for (const clean of this.#cleaners.reverse()) await clean().catch(() => {});
    rmSync(this.#root, { recursive: true, force: true });
  }
}

const bytesBelow = (folder: string) => filesBelow(folder).map(({ bytes }) => bytes);

/** Most of a database does not change between two looks at it. */
function distinct(pieces: readonly Buffer[]): Buffer[] {
  const named = pieces.map(
    (piece) => [createHash('sha1').update(piece).digest('hex'), piece] as const,
  );
  return [...new Map(named).values()];
}

/** The files of a server on this machine: tables of every database, and the WAL. */
async function serverFiles(query: Query, url: string | undefined): Promise<Buffer[]> {
  if (url === undefined) return [];
  const [row] = await query('SHOW data_directory');
  const folder = String(row?.['data_directory']);
  const pid = join(folder, 'postmaster.pid');
  if (!existsSync(pid) || readFileSync(pid, 'utf8').split('\n')[3] !== new URL(url).port) {
    throw new Error('the server of HUSHFIELD_TEST_PG does not keep its files on this machine');
  }
  const statements = await query('SELECT query FROM pg_stat_activity');
  return [...bytesBelow(folder), Buffer.from(JSON.stringify(statements))];
}

/** What a browser would restore after a crash, as text: forms are part of it. */
function sessionTexts(profile: string): string[] {
  return filesBelow(profile)
    .filter(({ path }) => /session|tabs_/i.test(path))
    .flatMap(({ bytes }) => [...layers(bytes, 1)])
    .flatMap((layer) => [layer.toString('latin1'), layer.toString('latin1').replaceAll('\0', '')]);
}
