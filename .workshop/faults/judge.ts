import { randomInt } from 'node:crypto';
import { askOnce, type Heard, kindOf } from './ask.ts';
import type { Client, Counter } from './client.ts';
import { Closed, type Entry, type Ledger, type Making } from './ledger.ts';
import { pause } from './pause.ts';

type Rows = readonly Readonly<Record<string, unknown>>[];

/** What is judged, when nothing is on its way. */
export type Court = {
  readonly counter: Counter;
  /** Asks the vault whatever the ledger wants to know. */
  readonly client: Client;
  readonly tenant: string;
  /** Asks the database, past the vault. */
  readonly sql: (text: string) => Promise<Rows>;
};

const AT_ONCE = 8;
const SETTLE_MS = 120_000;
const AGAIN_MS = 200;
const REPEATED = 6;

/** Sends again what was never answered, until each has an answer: it may have been done, and then only once. */
export async function settle(court: Court): Promise<void> {
  const { ledger } = court.counter;
  const until = performance.now() + SETTLE_MS;
  for (const making of ledger.unanswered.splice(0)) await answered(court.counter, making, until);
  const { sql, tenant } = court;
  const rows = await sql(`SELECT token_id FROM tokens WHERE tenant = '${tenant}'`);
  const there = new Set(rows.map((row) => String(row['token_id'])));
  for (const entry of ledger.entries.values())
    if (entry.deleted === 'maybe') entry.deleted = there.has(entry.id) ? 'no' : 'yes';
}

async function answered(counter: Counter, making: Making, until: number): Promise<void> {
  const { ledger, allowed } = counter;
  const heard = await repeated(counter, making, until);
  if (heard.kind !== 'answer') {
    if (!isAllowed(allowed, making, heard))
      ledger.note('wrong', `${making.by} repeated: ${kindOf(heard)}`);
    return;
  }
  try {
    ledger.made(making, await making.idIn(heard.body));
  } catch {
    ledger.note('wrong', `${making.by} repeated: no token`);
  }
}

async function repeated(counter: Counter, { asked }: Making, until: number): Promise<Heard> {
  for (;;) {
    const heard = await askOnce(counter.base(), asked);
    const passing = heard.kind === 'transport' || heard.status >= 500;
    if (!passing || performance.now() > until) return heard;
    await pause(AGAIN_MS);
  }
}

/**
 * Judges the living vault and its database by what clients were told.
 *
 * @param whole - opens every card, and not only those of the last round.
 */
export async function judge(court: Court, whole: boolean): Promise<void> {
  const { ledger } = court.counter;
  const entries = [...ledger.entries.values()];
  await judgeRows(court, ledger);
  const living = entries.filter((entry) => entry.deleted === 'no' && (whole || !entry.seen));
  await eachOf(living, async (entry) => {
    await opened(court, entry);
    await court.client.get(entry);
  });
  const now = performance.now();
  const recent = entries.slice(-200).filter(({ making }) => making.until > now);
  for (let left = REPEATED; left > 0 && recent.length > 0; left -= 1) {
    const [entry] = recent.splice(randomInt(recent.length), 1);
    if (entry !== undefined) await judgeRepeat(court.counter, entry);
  }
  await judgeEntries(court, ledger);
  await countCodes(court, ledger);
}

/** A card that is not opened where it was acknowledged is lost. */
async function opened({ counter, client }: Court, entry: Entry): Promise<void> {
  const before = entry.reveals.acknowledged;
  await client.reveal(entry);
  if (entry.reveals.acknowledged === before)
    counter.ledger.note('lost', `${entry.id} shows no card`);
}

/** The same bytes get the same answer; of a token that was deleted since, that it is over. */
async function judgeRepeat({ base, ledger, allowed }: Counter, entry: Entry): Promise<void> {
  const { id, making, deleted } = entry;
  const heard = await askOnce(base(), making.asked);
  if (isAllowed(allowed, making, heard)) return;
  const again = heard.kind === 'answer' ? await toldIn(making, heard.body) : kindOf(heard);
  const isOver = deleted === 'yes' && making.by === 'token.create' && again === 'token_expired';
  if (again !== id && !isOver) ledger.note('wrong', `${id} asked for again: ${again}`);
}

function isAllowed(allowed: ReadonlySet<string>, { by }: Making, heard: Heard): boolean {
  return by === 'token.create' && heard.kind === 'refusal' && allowed.has(kindOf(heard));
}

async function toldIn(making: Making, body: unknown): Promise<string> {
  try {
    return await making.idIn(body);
  } catch (error) {
    return error instanceof Closed ? error.message : 'what is no answer';
  }
}

/** Every token and card that was told of is there, and no other. */
async function judgeRows({ sql, tenant }: Court, ledger: Ledger): Promise<void> {
  const rows = await sql(`
    SELECT coalesce(t.token_id, c.token_id) AS id, t.token_id AS token, c.token_id AS card
    FROM (SELECT * FROM tokens WHERE tenant = '${tenant}') t
    FULL JOIN (SELECT * FROM cards WHERE tenant = '${tenant}') c USING (token_id)`);
  const there = new Set<string>();
  for (const { token, card, ...row } of rows) {
    const id = String(row['id']);
    if (token !== null) there.add(id);
    if (token === null || card === null) ledger.note('wrong', `half of ${id} is there`);
    if (!ledger.entries.has(id)) ledger.note('wrong', `nobody was told of ${id}`);
  }
  for (const { id, deleted } of ledger.entries.values()) {
    if (deleted === 'no' && !there.has(id)) ledger.note('lost', `${id} is not there`);
    if (deleted === 'yes' && there.has(id)) ledger.note('lost', `${id} was deleted, and is there`);
  }
}

/** Codes are kept without a log of changes: a crash of the database may empty them, by design. */
async function countCodes({ sql, tenant }: Court, ledger: Ledger): Promise<void> {
  const rows = await sql(`SELECT token_id FROM security_codes WHERE tenant = '${tenant}'`);
  const there = new Set(rows.map((row) => String(row['token_id'])));
  const gone = [...ledger.entries.values()].filter(
    ({ id, making, deleted }) => making.by === 'token.create' && deleted === 'no' && !there.has(id),
  );
  ledger.codesGone = gone.length;
}

/** Every act has its one entry, and every entry its act. */
async function judgeEntries({ sql, tenant }: Court, ledger: Ledger): Promise<void> {
  const rows = await sql(`
    SELECT resource, action, count(*)::int AS n FROM audit_entries
    WHERE tenant = '${tenant}' AND action LIKE 'token.%' GROUP BY 1, 2`);
  const counted = new Map<string, number>();
  for (const row of rows) {
    const [action, id] = [String(row['action']), String(row['resource'])];
    counted.set(`${action} ${id}`, Number(row['n']));
    if (!ledger.entries.has(id))
      ledger.note('wrong', `an entry ${action} of ${id}, which nobody has`);
  }
  for (const { id, making, deleted, updates, reveals } of ledger.entries.values()) {
    const of = (action: string) => counted.get(`${action} ${id}`) ?? 0;
    const hold = (action: string, least: number, most: number) => {
      if (of(action) < least || of(action) > most)
        ledger.note('wrong', `${of(action)} entries ${action} of ${id}`);
    };
    const other = making.by === 'token.create' ? 'token.import' : 'token.create';
    hold(making.by, 1, 1);
    hold(other, 0, 0);
    const gone = deleted === 'yes' ? 1 : 0;
    hold('token.delete', gone, gone);
    hold('token.update', updates.acknowledged, updates.sent);
    hold('token.reveal', reveals.acknowledged, reveals.sent);
  }
}

/** Several at once. */
async function eachOf<T>(all: readonly T[], work: (each: T) => Promise<void>): Promise<void> {
  const left = [...all];
  const one = async () => {
    for (let each = left.pop(); each !== undefined; each = left.pop()) await work(each);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, one));
}
