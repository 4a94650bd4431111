import { randomInt } from 'node:crypto';
import {
  binding,
  claimsOf,
  fetchBoot,
  fetchKey,
  type Place,
} from '../../e2e/bench/workers/sealed.ts';
import { ReplyPlaintext, TokenizeReply } from '../../packages/contract/src/http/index.ts';
import {
  PLAINTEXT_BYTES,
  type Kem,
  nativeKem,
  pad,
  seal,
} from '../../packages/crypto/src/seal/index.ts';
import { newCard } from './cards.ts';
import { Closed, type Making } from './ledger.ts';

/** A little less than a ticket holds. */
const TICKET_MS = 25 * 60_000;

/** Loads a controller document, and seals a card for each attempt of its ticket. */
export async function sealTicketful(place: Place): Promise<Making[]> {
  const kem = await nativeKem();
  if (kem === undefined) throw new Error('this Node has no native X-Wing parts');
  const boot = await fetchBoot(place);
  const { publicKey, kid } = await fetchKey(place, boot);
  const claims = claimsOf(boot);
  const until = performance.now() + TICKET_MS;
  const makings: Making[] = [];
  for (let attempt = 1; attempt <= claims.attempts; attempt += 1) {
    const card = newCard();
    const code = String(randomInt(100, 1_000));
    const plaintext = pad(Buffer.from(JSON.stringify({ ...card, cvc: code })), PLAINTEXT_BYTES);
    const aad = binding(place, claims, { kid }, attempt);
    const input = { kem: await fixed(kem, publicKey), publicKey, aad, plaintext };
    const { enc, ct } = await seal(input);
    const body = { v: 1, ticket: boot.ticket, parentOrigin: place.shop, attempt, kid };
    makings.push({
      ...{ by: 'token.create', card, until },
      asked: {
        ...{ method: 'POST', path: '/v1/tokenize', headers: { origin: place.fields } },
        body: JSON.stringify({ ...body, enc: text(enc), ct: text(ct) }),
      },
      // A seal opens one answer, and a frame needs no more: whoever repeats it to look makes it again.
      idIn: async (answer) => idOf((await seal(input)).openReply(sealedIn(answer))),
    });
  }
  return makings;
}

/** Seals to one and the same secret each time, so that the same bytes come out. */
async function fixed(kem: Kem, publicKey: Uint8Array): Promise<Kem> {
  const { sharedSecret, enc } = await kem.encapsulate(publicKey);
  return { path: kem.path, encapsulate: async () => ({ sharedSecret: sharedSecret.slice(), enc }) };
}

function sealedIn(answer: unknown): Uint8Array {
  return Buffer.from(TokenizeReply.parse(answer).reply, 'base64url');
}

function idOf(opened: Uint8Array): string {
  const reply = ReplyPlaintext.parse(JSON.parse(Buffer.from(opened).toString()));
  if (!reply.ok) throw new Closed(reply.error.code);
  return reply.token.id;
}

function text(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64url');
}
