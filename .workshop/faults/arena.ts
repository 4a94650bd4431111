import { Client } from './client.ts';
import { type Court, judge, settle } from './judge.ts';
import { Ledger } from './ledger.ts';
import { Load } from './load.ts';
import { Shopper } from './shopper.ts';
import { SHOP, Stage, type StageWish } from './stage.ts';
import { Tally } from './tally.ts';

export type ArenaWish = StageWish & {
  readonly clients?: number;
  /** Between two acts of a client, in milliseconds. */
  readonly restMs?: number;
  /** Refusals that a fault may cause by what is promised, such as `401 unauthorized`. */
  readonly allowed?: readonly string[];
};

/** What a signal has to end, too. */
const open = new Set<Stage>();

/** A deployment, and clients at work on it that remember all they were told. */
export class Arena {
  readonly tally = new Tally();
  readonly ledger = new Ledger();
  readonly recoveries: number[] = [];
  readonly stage: Stage;
  readonly #load: Load;
  readonly #court: Court;
  #turn = 0;

  private constructor(stage: Stage, { allowed = [], clients = 4, restMs = 5 }: ArenaWish) {
    this.stage = stage;
    const { ledger, tally } = this;
    const base = () => this.#next();
    const { pk, rk, tenant } = stage.merchant;
    const counter = { ledger, tally, base, secretKey: rk, allowed: new Set(allowed) };
    const { fieldsOrigin: fields } = stage.deployment;
    const client = () =>
      new Client(counter, new Shopper(() => ({ fields, api: base(), shop: SHOP, pk })));
    this.#load = new Load(Array.from({ length: clients }, client), restMs);
    this.#court = { counter, client: client(), tenant, sql: (text) => stage.cluster.ask(text) };
  }

  static async open(wish: ArenaWish = {}): Promise<Arena> {
    const stage = await Stage.prepare(wish);
    open.add(stage);
    try {
      await stage.start();
      return new Arena(stage, wish);
    } catch (error) {
      await stage.remove();
      throw error;
    }
  }

  /** Ends all that is open, in the middle of whatever it does. */
  static async closeAll(): Promise<void> {
    for (const stage of open) await stage.remove();
  }

  /** Puts the clients to work. */
  start(): void {
    this.#load.start();
  }

  /**
   * Mends what was broken, and waits until something is acknowledged that was sent since: that is how long
   * the recovery took.
   */
  async recovers(mend: () => Promise<unknown>): Promise<void> {
    const from = performance.now();
    const next = this.tally.next();
    await mend();
    this.recoveries.push((await next) - from);
  }

  /** Stops the clients: nothing is on its way any more. */
  stop(): Promise<void> {
    return this.#load.stop();
  }

  /**
   * Stops the clients, clears up what is open, and judges.
   *
   * @param whole - opens every card, and not only those of the last round.
   */
  async judge(whole = false): Promise<void> {
    await this.stop();
    await settle(this.#court);
    await judge(this.#court, whole);
    for (const kind of Object.keys(this.tally.kinds))
      if (kind.endsWith('untyped') || kind.startsWith('500')) this.ledger.note('wrong', kind);
  }

  async close(): Promise<void> {
    await this.stop();
    open.delete(this.stage);
    await this.stage.remove();
  }

  /** Each request goes to the next node. */
  #next(): string {
    this.#turn += 1;
    return this.stage.nodes[this.#turn % this.stage.nodes.length]?.api ?? '';
  }
}
