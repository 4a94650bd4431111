/*
 * A process of its own that sends so many requests a second, whatever becomes of those before, as a crowd
 * does: cards of honest shoppers, or the garbage of somebody who would like to slow them down.
 */
import { randomBytes, randomInt } from 'node:crypto';
import { Agent, request } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import { answerJobs, settings } from './jobs.ts';
import { type Place, type SealedRequest, sealRequests, tokenIn } from './sealed.ts';
import { percentile } from '../stats.ts';

export type SteadyJob = {
  readonly do: 'honest' | 'garbage';
  readonly count: number;
  readonly perSecond: number;
};
/** How long answers took, from the moment a request was due, and how often which status came. */
export type Steady = {
  readonly p50: number;
  readonly p99: number;
  readonly statuses: Readonly<Record<string, number>>;
};

const place = settings() as Place;
const agent = new Agent({ keepAlive: true, maxSockets: 256 });

const MODELS = 20;

type Outcome = { readonly status: number; readonly body: string };

function send(body: string | Buffer): Promise<Outcome> {
  const { hostname, port } = new URL(place.api);
  const headers = {
    origin: place.fields,
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(body),
  };
  return new Promise((resolve, reject) => {
    const options = { hostname, port, path: '/v1/tokenize', method: 'POST', headers, agent };
    const outgoing = request(options, (incoming) => {
      let text = '';
      incoming.setEncoding('latin1').on('data', (chunk: string) => {
        text += chunk;
      });
      incoming.on('error', reject);
      incoming.on('end', () => resolve({ status: incoming.statusCode ?? 0, body: text }));
    });
    outgoing.on('error', reject);
    outgoing.end(body);
  });
}

/** One byte of the ciphertext is another: the dearest garbage, since only opening it tells. */
function tampered(body: string): string {
  const at = body.indexOf('"ct":"') + 6 + randomInt(700);
  return `${body.slice(0, at)}${body[at] === 'A' ? 'B' : 'A'}${body.slice(at + 1)}`;
}

const KINDS: readonly ((body: string) => string | Buffer)[] = [
  tampered,
  tampered,
  tampered,
  (body) => body.slice(0, randomInt(1, body.length)),
  () => `{"a":${'['.repeat(2_000)}`,
  () => randomBytes(randomInt(1, 8_000)),
  () => 'x'.repeat(17 * 1_024),
];
const garbage = (body: string) => (KINDS[randomInt(KINDS.length)] ?? tampered)(body);

/** @throws Error when an honest card has no token, or garbage anything but a refusal. */
function check(job: SteadyJob, sealed: SealedRequest, { status, body }: Outcome): void {
  if (job.do === 'honest') tokenIn(sealed, body);
  else if (status < 400 || status > 499) throw new Error(`garbage was answered ${status}`);
}

async function run(job: SteadyJob): Promise<Steady> {
  const { count, perSecond } = job;
  // Garbage uses up no attempt, so that a few seals serve; sealing them must not be part of what is measured.
  const sealed = await sealRequests(place, job.do === 'honest' ? count : MODELS);
  const times: number[] = [];
  const statuses: Record<string, number> = {};
  const one = async (each: SealedRequest, due: number) => {
    await pause(Math.max(0, due - performance.now()));
    const outcome = await send(job.do === 'honest' ? each.body : garbage(each.body));
    times.push(performance.now() - due);
    statuses[outcome.status] = (statuses[outcome.status] ?? 0) + 1;
    check(job, each, outcome);
  };
  const from = performance.now() + 100;
  const due = (index: number) => from + (index * 1_000) / perSecond;
  await Promise.all(
    Array.from({ length: count }, async (_, index) => {
      const each = sealed[index % sealed.length];
      if (each) await one(each, due(index));
    }),
  );
  return { p50: percentile(times, 0.5), p99: percentile(times, 0.99), statuses };
}

answerJobs(run);
