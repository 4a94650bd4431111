import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Arena } from './arena.ts';
import { type Fault, outcomeOf } from './fault.ts';
import { hushfield } from './node.ts';
import { pause, pauseBetween } from './pause.ts';

/** A lease of a minute is passed by: it runs out for a worker that was killed. */
const LEASES_RUN_OUT = `
UPDATE webhook_deliveries SET due_at = clock_timestamp() WHERE state = 'pending' AND lease IS NOT NULL`;
const RETRIES_ARE_DUE =
  "UPDATE webhook_deliveries SET due_at = clock_timestamp() WHERE state = 'pending'";
const PAUSES_ARE_OVER = 'UPDATE webhook_endpoints SET paused_until = NULL';
const ARRIVES_WITHIN_MS = 60_000;
/** What has happened since there is an endpoint; without checkpoints, which go on while we look. */
const EVENTS = `
SELECT event_id FROM events WHERE type <> 'audit.checkpointed'
  AND at > (SELECT min(created_at) FROM webhook_endpoints)`;
const UNTOLD_ACTS = `
SELECT entry_id FROM audit_entries a WHERE action IN ('token.create', 'token.import', 'token.update', 'token.delete')
  AND resource <> '' AND tenant <> 'ten_' || repeat('0', 22)
  AND NOT EXISTS (SELECT FROM events e WHERE e.tenant = a.tenant AND e.event_id = 'evt_' || substr(a.entry_id, 5))`;

/** The only worker, while clients act and a receiver is slow, wrong or hangs up now and then. */
export const webhooks: Fault = {
  name: 'webhooks',
  about: 'kill -9 of the only worker at a random moment, with a receiver that fails now and then',
  rounds: [200, 3],
  async run(rounds) {
    const receiver = await startReceiver();
    const environment = { EGRESS_WEBHOOK_ORIGINS: receiver.origin };
    const arena = await Arena.open({ clients: 2, restMs: 20, environment });
    try {
      const { deployment, merchant } = arena.stage;
      const where = ['--tenant', merchant.tenant, '--url', `${receiver.origin}/hook`];
      await hushfield(deployment, 'webhook', 'add', ...where);
      for (let done = 0; done < rounds; done += 1) {
        await killedOnce(arena);
        await arena.judge();
      }
      await arena.stop();
      receiver.answersAll();
      await settled(arena, receiver.told);
      return outcomeOf(arena, rounds, [`${receiver.requests()} requests to the receiver`]);
    } finally {
      await arena.close();
      receiver.server.close();
      receiver.server.closeAllConnections();
    }
  },
};

async function killedOnce(arena: Arena): Promise<void> {
  const { cluster, front } = arena.stage;
  arena.start();
  await pauseBetween(150, 900);
  await front.kill();
  await cluster.ask(LEASES_RUN_OUT);
  await arena.recovers(() => front.start());
}

/** Waits until every event there is has arrived, and notes what has not, and acts that were told to nobody. */
async function settled({ stage, ledger }: Arena, told: ReadonlySet<string>): Promise<void> {
  const missing = async () => {
    const rows = await stage.cluster.ask(EVENTS);
    return rows.map((row) => String(row['event_id'])).filter((id) => !told.has(id));
  };
  const ends = performance.now() + ARRIVES_WITHIN_MS;
  for (let left = await missing(); left.length > 0; left = await missing()) {
    if (performance.now() > ends) {
      for (const id of left) ledger.note('lost', `${id} was not told`);
      break;
    }
    await stage.cluster.ask(RETRIES_ARE_DUE);
    await stage.cluster.ask(PAUSES_ARE_OVER);
    await pause(2_000);
  }
  for (const row of await stage.cluster.ask(UNTOLD_ACTS))
    ledger.note('lost', `${String(row['entry_id'])} has no event`);
}

type Receiver = {
  readonly server: Server;
  readonly origin: string;
  /** Ids of what it has said yes to. */
  readonly told: Set<string>;
  readonly requests: () => number;
  /** From now on it says yes to everything, at once. */
  answersAll(): void;
};

async function startReceiver(): Promise<Receiver> {
  const told = new Set<string>();
  let requests = 0;
  let isGood = false;
  const server = createServer((request, response) => {
    requests += 1;
    request.resume();
    request.on('end', () => {
      const fate = isGood ? 9 : requests % 10;
      if (fate === 0) return void response.writeHead(500).end();
      if (fate === 1) return void response.destroy();
      const yes = () => {
        told.add(String(request.headers['webhook-id']));
        response.writeHead(204).end();
      };
      return fate === 2 ? void setTimeout(yes, 300) : yes();
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const answersAll = () => {
    isGood = true;
  };
  return { server, origin, told, requests: () => requests, answersAll };
}
