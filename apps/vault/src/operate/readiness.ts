import { setTimeout as pause } from 'node:timers/promises';
import { detailOf, type Log } from '../app/log.ts';
import { OneQuestion } from '../app/one-question.ts';
import type { Clock } from '../clock.ts';
import type { CheckName } from './checks.ts';
import type { Metrics } from './metrics.ts';

/** `late`: it has not said anything within its time. */
export type Finding = 'ok' | 'failing' | 'late';
export type Readiness = {
  readonly ok: boolean;
  readonly checks: Readonly<Partial<Record<CheckName, Finding>>>;
};

/** Resolves when all is well, and rejects with what is not. */
export type Check = readonly [name: CheckName, look: () => Promise<unknown>];

/** However many ask, and however often, this is how often it is looked. */
const LIFE_MS = 1_000;
/** A probe waits for less than this, as a rule, before it counts a node out. */
const DEADLINE_MS = 2_000;
/** A look that has not come back for so long is given up: longer than the driver waits for an answer. */
const GIVEN_UP_MS = 20_000;
const LATE = Symbol('late');

type Look = { readonly since: number; readonly finding: Promise<Finding> };

type Means = { readonly steady: Clock; readonly log: Log; readonly metrics: Metrics };

/**
 * Whether this process can do its work now. It is no matter of having started: a database that became a standby,
 * a device that is away for longer than keys are remembered, and a list of keys that nobody renews all end
 * in failures of every request, and whoever sends requests should know before the shoppers do.
 */
export class Readying {
  readonly #means: Means;
  readonly #deadlineMs: number;
  readonly #findings: OneQuestion<Readiness>;
  /** Looks that have not come back: nobody looks twice at the same time, however long the first takes. */
  readonly #under = new Map<CheckName, Look>();
  readonly #found = new Map<CheckName, Finding>();
  readonly #told = new Map<CheckName, Finding>();
  #checks: readonly Check[] | undefined;
  #isDraining = false;

  constructor(means: Means, deadlineMs: number = DEADLINE_MS) {
    this.#means = means;
    this.#deadlineMs = deadlineMs;
    this.#findings = new OneQuestion(() => this.#look(), LIFE_MS, means.steady);
  }

  get isDraining(): boolean {
    return this.#isDraining;
  }

  /** All that was to be started has been. */
  begin(checks: readonly Check[]): void {
    this.#checks = checks;
  }

  /** From now on it is not ready, whatever is well. */
  drain(): void {
    this.#isDraining = true;
    this.#note('not-draining', 'failing');
  }

  async answer(): Promise<Readiness> {
    if (this.#isDraining) return { ok: false, checks: { 'not-draining': 'failing' } };
    if (this.#checks === undefined) return { ok: false, checks: { started: 'late' } };
    const findings = await this.#findings.answer();
    // It may have begun to end while it looked.
    return this.#isDraining ? this.answer() : findings;
  }

  async #look(): Promise<Readiness> {
    const all = (this.#checks ?? []).map(
      async (check) => [check[0], await this.#find(check)] as const,
    );
    const found = [['started', 'ok'] as const, ...(await Promise.all(all))];
    const well = found.map(([name, finding]) => this.#judge(name, finding));
    return {
      ok: well.every((isWell) => isWell),
      checks: Object.fromEntries(found),
    };
  }

  /** One that is late for once after it was well may have met a commit that took its time: not yet a reason to turn away. */
  #judge(name: CheckName, finding: Finding): boolean {
    const before = this.#found.get(name) ?? 'ok';
    this.#found.set(name, finding);
    const isWell = finding === 'ok' || (finding === 'late' && before === 'ok');
    this.#note(name, isWell ? 'ok' : finding);
    return isWell;
  }

  async #find([name, look]: Check): Promise<Finding> {
    const known = this.#underWay(name) ?? this.#begin(name, look);
    const ending = new AbortController();
    const late = pause(this.#deadlineMs, LATE, { signal: ending.signal }).catch(() => LATE);
    const finding = await Promise.race([known, late]);
    ending.abort();
    return typeof finding === 'symbol' ? 'late' : finding;
  }

  #underWay(name: CheckName): Promise<Finding> | undefined {
    const look = this.#under.get(name);
    const isOld = look !== undefined && this.#means.steady() - look.since >= GIVEN_UP_MS;
    return isOld ? undefined : look?.finding;
  }

  #begin(name: CheckName, look: () => Promise<unknown>): Promise<Finding> {
    const since = this.#means.steady();
    const finding: Promise<Finding> = look()
      .then((): Finding => 'ok')
      .catch((error: unknown): Finding => {
        // One that was given up has nothing more to say.
        if (this.#under.get(name)?.finding === finding)
          this.#tell(name, 'failing', detailOf(error));
        return 'failing';
      })
      .finally(() => {
        if (this.#under.get(name)?.finding === finding) this.#under.delete(name);
      });
    this.#under.set(name, { since, finding });
    return finding;
  }

  #note(name: CheckName, finding: Finding): void {
    this.#means.metrics.life.ready.set({ check: name }, finding === 'ok' ? 1 : 0);
    this.#tell(name, finding, 'it has not answered in time');
  }

  /** Once when a check turns, and once when it is well again. */
  #tell(name: CheckName, finding: Finding, why: string): void {
    const before = this.#told.get(name) ?? 'ok';
    this.#told.set(name, finding);
    if (before === finding || (before !== 'ok' && finding !== 'ok')) return;
    const { log } = this.#means;
    if (finding === 'ok') log.info({ detail: name }, 'ready again');
    else if (name === 'not-draining') log.info({ detail: name }, 'not ready: it is ending');
    else log.error({ detail: `${name}: ${why}` }, 'not ready');
  }
}
