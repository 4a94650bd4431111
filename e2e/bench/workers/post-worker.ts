/*
 * A process of its own that asks the vault: seals beforehand and tokenizes, or asks as a backend does,
 * as fast as the vault answers. It looks at every answer.
 */
import type { Socket } from 'node:net';
import { answerJobs, type Pace, settings } from './jobs.ts';
import { drive, hangUp, opened, type Sent, wireOf } from './raw-http.ts';
import { type Place, type SealedRequest, sealRequests, tokenIn } from './sealed.ts';
import { percentile } from '../stats.ts';

type Load = {
  readonly count: number;
  readonly connections: number;
  readonly ports: readonly number[];
};
/** What a backend asks of a token. */
export type BackendAct = 'get' | 'reveal';
export type PostJob =
  | { readonly do: 'seal'; readonly count: number }
  | ({ readonly do: 'post' } & Load)
  | ({ readonly do: BackendAct; readonly key: string } & Load);

const place = settings() as Place;
const host = new URL(place.api).host;
const pile: SealedRequest[] = [];
/** Of the newest tokens, for a backend to ask for. */
let made: readonly string[] = [];

async function run(sent: readonly Sent[], { count, connections, ports }: Load): Promise<Pace> {
  const sockets: Socket[] = [];
  for (let index = 0; index < connections; index += 1) {
    sockets.push(await opened(ports[index % ports.length] ?? 0));
  }
  let at = 0;
  const next = () => sent[at++];
  const cpu = process.cpuUsage();
  const from = performance.now();
  await Promise.all(sockets.map((socket) => drive(socket, next)));
  const ms = performance.now() - from;
  const { user, system } = process.cpuUsage(cpu);
  hangUp(sockets);
  const refused = sent.find(({ status }) => status !== 200);
  if (refused) throw new Error(`answered ${refused.status}: ${refused.answer?.slice(0, 200)}`);
  const times = sent.map(({ ms = Number.NaN }) => ms);
  return {
    perSecond: (count / ms) * 1_000,
    p50: percentile(times, 0.5),
    p99: percentile(times, 0.99),
    cpu: (user + system) / 1_000 / count,
  };
}

async function post(load: Load): Promise<Pace> {
  if (pile.length < load.count) throw new Error('not enough was sealed');
  const requests = pile.splice(0, load.count);
  const headers = { Host: host, Origin: place.fields, 'Content-Type': 'application/json' };
  const sent: Sent[] = requests.map(({ body }) => ({
    wire: wireOf({ method: 'POST', path: '/v1/tokenize', headers, body }),
  }));
  const pace = await run(sent, load);
  const tokens = requests.map((request, index) => tokenIn(request, sent[index]?.answer ?? ''));
  if (new Set(tokens).size !== tokens.length) throw new Error('two answers hold one token');
  made = tokens;
  return pace;
}

async function ask(act: BackendAct, key: string, load: Load): Promise<Pace> {
  const headers = { Host: host, Authorization: `Bearer ${key}` };
  const json = { ...headers, 'Content-Type': 'application/json' };
  const body = JSON.stringify({ redaction: 'plain' });
  const ids = Array.from({ length: load.count }, (_, index) => made[index % made.length] ?? '');
  const wireFor = (id: string) =>
    act === 'get'
      ? wireOf({ method: 'GET', path: `/v1/tokens/${id}`, headers })
      : wireOf({ method: 'POST', path: `/v1/tokens/${id}/reveal`, headers: json, body });
  const sent: Sent[] = ids.map((id) => ({ wire: wireFor(id) }));
  const pace = await run(sent, load);
  const wrong = ids.findIndex((id, index) => !sent[index]?.answer?.includes(`"id":"${id}"`));
  if (wrong >= 0) throw new Error(`the answer to ${act} is of another token`);
  return pace;
}

answerJobs(async (job: PostJob): Promise<Pace | undefined> => {
  if (job.do === 'post') return post(job);
  if (job.do !== 'seal') return ask(job.do, job.key, job);
  pile.push(...(await sealRequests(place, job.count)));
  return undefined;
});
