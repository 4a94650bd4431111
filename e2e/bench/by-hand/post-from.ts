import { Agent, request } from 'node:http';
import type { Place, SealedRequest } from '../workers/sealed.ts';

export type Outcome = {
  readonly status: number;
  readonly body: string;
  readonly ms: number;
};

/** One connection a source address; the whole of 127/8 is this machine. */
const agents = new Map<string, Agent>();

function agentOf(localAddress: string): Agent {
  const known = agents.get(localAddress);
  if (known !== undefined) return known;
  const agent = new Agent({ keepAlive: true, maxSockets: 1, localAddress });
  agents.set(localAddress, agent);
  return agent;
}

/** Tokenizes from an address of this machine. */
export function postFrom(
  localAddress: string,
  place: Place,
  { body }: SealedRequest,
): Promise<Outcome> {
  const { hostname, port } = new URL(place.api);
  const headers = {
    origin: place.fields,
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(body),
  };
  const path = '/v1/tokenize';
  return new Promise((resolve, reject) => {
    const options = { hostname, port, path, method: 'POST', headers, agent: agentOf(localAddress) };
    const from = performance.now();
    const outgoing = request(options, (incoming) => {
      let text = '';
      incoming.setEncoding('latin1').on('data', (chunk: string) => {
        text += chunk;
      });
      incoming.on('error', reject);
      incoming.on('end', () => {
        const ms = performance.now() - from;
        resolve({ status: incoming.statusCode ?? 0, body: text, ms });
      });
    });
    outgoing.on('error', reject);
    outgoing.end(body);
  });
}

/** Whether the answer is a token, which only its sealed inside tells. */
export function isToken({ openReply }: SealedRequest, { status, body }: Outcome): boolean {
  if (status !== 200) return false;
  const { reply } = JSON.parse(body) as { reply: string };
  const opened = Buffer.from(openReply(Buffer.from(reply, 'base64url'))).toString();
  return (JSON.parse(opened) as { ok: boolean }).ok;
}

export function hangUp(): void {
  for (const agent of agents.values()) agent.destroy();
}
