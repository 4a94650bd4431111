import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Charged, GATEWAY_OFFSET, GatewayDouble } from '../../e2e/support/gateway-double.ts';
import { freePort } from '../postgres.ts';
import { Arena } from './arena.ts';
import { type Fault, outcomeOf } from './fault.ts';
import { Load } from './load.ts';
import { hushfield } from './node.ts';
import { pauseBetween } from './pause.ts';
import { Payer, type Till } from './payer.ts';

/** Whoever asked a node that was killed waits some ten seconds before it is known that nobody knows. */
const PAYERS = 8;
const NODES = 2;
const REST_MS = 40;
/** The double keeps no more payments than that. */
const DOUBLE_KEEPS = 10_000;
/** Each request that was sent has one intent and one outcome in the trail. */
const TRAIL = `
SELECT split_part(outcome, ' ', 1) AS id, count(*) FILTER (WHERE action = 'forward.intent')::int AS intents,
  count(*) FILTER (WHERE action = 'forward.outcome')::int AS outcomes
FROM audit_entries WHERE action IN ('forward.intent', 'forward.outcome') GROUP BY 1`;

/** One of two API nodes at a time, while backends charge cards through both. */
export const forwardKill: Fault = {
  name: 'forward-kill',
  about: 'kill -9 of one of two API nodes at a random moment, while cards are charged through both',
  rounds: [200, 3],
  async run(rounds) {
    const counter = await Counter.open();
    let arena: Arena | undefined;
    let payers: Load | undefined;
    try {
      const environment = counter.gateway.forVault;
      arena = await Arena.open({ nodes: NODES, clients: 0, environment });
      const till = await counter.till(arena);
      payers = new Load(
        Array.from({ length: PAYERS }, () => new Payer(till)),
        REST_MS,
      );
      payers.start();
      for (let round = 0; round < rounds; round += 1) await killedOnce(arena, round);
      await payers.stop();
      judgeCharges(arena, till.told, await counter.charged());
      judgeUnknown(arena, till.told, rounds);
      await judgeTrail(arena, till.told);
      return outcomeOf(arena, rounds, [remarkOn(till.told)]);
    } finally {
      await payers?.stop();
      await arena?.close();
      await counter.close();
    }
  },
};

/** The double of a gateway, and an account of all it was charged with. */
class Counter {
  readonly gateway: GatewayDouble;
  readonly #folder: string;

  private constructor(gateway: GatewayDouble, folder: string) {
    this.gateway = gateway;
    this.#folder = folder;
  }

  static async open(): Promise<Counter> {
    const folder = mkdtempSync(join(tmpdir(), 'hushfield-gateway-'));
    const gateway = new GatewayDouble((await freePort()) - GATEWAY_OFFSET, folder);
    await gateway.start();
    return new Counter(gateway, folder);
  }

  async charged(reference?: string): Promise<readonly Charged[]> {
    const { data } = await this.gateway.statement();
    return reference === undefined ? data : data.filter((each) => each.reference === reference);
  }

  /** Tells the vault of the gateway, and gives a backend a key of its own. */
  async till({ stage, ledger, tally }: Arena): Promise<Till> {
    const { deployment, merchant, nodes } = stage;
    const { record, credentials } = this.gateway.destination;
    const file = (name: string, content: unknown) => {
      const path = join(this.#folder, name);
      writeFileSync(path, JSON.stringify(content), { mode: 0o600 });
      return path;
    };
    const run = (...words: string[]) =>
      hushfield(deployment, ...words, '--tenant', merchant.tenant);
    const own = [file('record.json', record), file('credentials.json', credentials)] as const;
    const added = await run('destination', 'add', '--file', own[0], '--credentials', own[1]);
    const scopes = ['--scope', 'tokens:write', '--scope', 'forward'];
    const made = await run('key', 'create', '--kind', 'rk', ...scopes);
    let turn = 0;
    return {
      ...{ ledger, tally, told: new Map() },
      base: () => nodes[(turn += 1) % nodes.length]?.api ?? '',
      secretKey: String(made['key']),
      destination: String(added['id']),
      charged: (reference) => this.charged(reference),
    };
  }

  async close(): Promise<void> {
    await this.gateway.process.kill();
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

async function killedOnce(arena: Arena, round: number): Promise<void> {
  const { nodes } = arena.stage;
  const node = nodes[round % nodes.length];
  await pauseBetween(150, 900);
  await node?.kill();
  await arena.recovers(async () => {});
  await node?.start();
}

/** By what the gateway has. */
function judgeCharges({ ledger }: Arena, told: Till['told'], charged: readonly Charged[]): void {
  if (charged.length >= DOUBLE_KEEPS) throw new Error('The double has forgotten payments by now.');
  const payments = new Map<string, Charged>();
  for (const payment of charged) {
    const reference = String(payment.reference);
    if (payments.has(reference)) ledger.note('wrong', `${reference} was charged twice`);
    if (!told.has(reference)) ledger.note('wrong', `${reference} was asked for by nobody`);
    payments.set(reference, payment);
  }
  for (const [reference, said] of told) {
    const payment = payments.get(reference);
    if (said.kind !== 'answered') continue;
    if (payment === undefined) ledger.note('lost', `${reference} was told, and not charged`);
    else if (payment.id !== said.payment || payment.state !== said.state)
      ledger.note('wrong', `${reference} was told as another payment`);
  }
}

/** A vault that never knows would make no mistake: a kill has one request of each backend's on its conscience at most. */
function judgeUnknown({ ledger }: Arena, told: Till['told'], kills: number): void {
  const unknown = [...told.values()].filter((said) => said.kind === 'unknown' && !said.isSilent);
  if (unknown.length > kills * PAYERS)
    ledger.note('wrong', `${unknown.length} payments are unknown, after ${kills} kills`);
}

async function judgeTrail({ stage, ledger }: Arena, told: Till['told']): Promise<void> {
  const whole = new Set<string>();
  for (const { id, intents, outcomes } of await stage.cluster.ask(TRAIL))
    if (intents === 1 && outcomes === 1) whole.add(String(id));
    else
      ledger.note(
        'wrong',
        `${String(id)}: ${String(intents)} intents, ${String(outcomes)} outcomes`,
      );
  for (const said of told.values())
    if (said.kind === 'answered' && !whole.has(said.forward))
      ledger.note('wrong', `${said.forward} was answered, and has not its two entries`);
}

function remarkOn(told: Till['told']): string {
  const unknown = [...told.values()].filter((said) => said.kind === 'unknown');
  const silent = unknown.filter((said) => said.isSilent).length;
  return `${told.size} payments, ${unknown.length} of them told as unknown, of which the gateway itself left ${silent} unanswered`;
}
