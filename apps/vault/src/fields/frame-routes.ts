import { ControllerBoot, type TextPolicy } from '@hushfield/contract/boot';
import { FRAME_PATH } from '@hushfield/contract/version';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import * as z from 'zod';
import { addressBlock } from '../app/address-block.ts';
import { askOnce, ShortCache } from '../app/short-cache.ts';
import { controllerHeaders, fieldHeaders } from '../app/security-headers.ts';
import { SHORT_WAIT, type SlidingWindow } from '../app/sliding-window.ts';
import type { TicketLimits } from '../limits/ticket-limits.ts';
import { VaultError } from '../app/vault-error.ts';
import { trustedRoot } from '../root/trusted-root.ts';
import { authenticate, KnownKeys } from '../tenants/authenticate.ts';
import type { StoredKey } from '../tenants/tenant-store.ts';
import { textPoliciesOf } from '../tokens/text-policies.ts';
import type { Vault } from '../vault.ts';
import { lowestAcceptedSeq } from '../worker/manifest-store.ts';
import { encodingFor } from './compressed.ts';
import { commonBoot, FieldDocuments, written } from './field-documents.ts';
import type { FrameDist } from './frame-dist.ts';
import type { BrandIcons } from './brand-icons.ts';
import { type Fonts, FONTS_PATH } from './fonts.ts';
import { localeOf } from './locale-of.ts';
import { issueTicket } from './ticket.ts';

/** More than can be good at a time, however often they are rotated: see rotate-secret. */
const MOST_SESSION_KEYS = 16;
/** A rule that was ended or made is known within a second, as keys are. */
const REMEMBERED_RULES = { lifeMs: 900, max: 1_000 };
const Params = z.object({ key: z.string() });

export type Frames = {
  readonly vault: Vault;
  readonly dist: FrameDist;
  readonly fonts: Fonts;
  readonly icons: BrandIcons;
  /** Controller documents, each with a ticket. */
  readonly tickets: TicketLimits;
  /** Field documents, by block of addresses. */
  readonly documents: SlidingWindow;
};

/** `/f1/<publishable key>/{controller,field,…}`: the documents a merchant's page may frame. */
export function frameRoutes(app: FastifyInstance, frames: Frames): void {
  fieldRoutes(app, frames);
  const locales = [...frames.dist.texts.keys()];
  app.get(`/${FRAME_PATH}/:key/controller`, async (request, reply) => {
    refuseUnframed(request);
    // Before the key is looked up: the limit stands in front of the database too.
    await frames.tickets.takeFrom(request.caller);
    const publishable = Params.parse(request.params).key;
    const key = admitted(request, await authenticate(frames.vault, 'publishable', publishable));
    await frames.tickets.takeOf(key.keyId);
    const boot = await controllerBoot(frames, publishable, key, localeOf(request, locales));
    const { scriptHashes } = frames.dist.controller;
    reply.headers(controllerHeaders(frames.vault.site, scriptHashes, key.origins));
    // Not compressed: it holds the ticket.
    return sendHtml(reply, Buffer.from(written(frames.dist.controller, boot)));
  });
}

/**
 * Elements by the document that they stand in. All inputs of a card have one address, and so one entry in a
 * browser's cache.
 */
const DOCUMENTS = {
  field: 'field',
  iban: 'secret',
  accountNumber: 'secret',
  text: 'secret',
  reveal: 'reveal',
  copyButton: 'reveal',
} as const;

/** The documents that a person sees. Those with inputs of texts bring the rules for them. */
function fieldRoutes(app: FastifyInstance, frames: Frames): void {
  const { vault, dist, fonts, icons } = frames;
  const made = new FieldDocuments(dist, { fonts: fonts.style, icons: icons.style }, vault);
  const hosted = fonts.hash === undefined ? undefined : { hash: fonts.hash, path: FONTS_PATH };
  const locales = [...dist.texts.keys()];
  const known = new KnownKeys(vault);
  const remembered = new ShortCache<Promise<TextPolicy[]>>(REMEMBERED_RULES, vault.steady);
  const policiesOf = ({ tenant }: StoredKey) =>
    askOnce(remembered, tenant, () => textPoliciesOf(vault.sql.as('fields'), tenant));
  for (const [element, name] of Object.entries(DOCUMENTS)) {
    app.get(`/${FRAME_PATH}/:key/${element}`, async (request, reply) => {
      refuseUnframed(request);
      takeOne(frames, request);
      const publishable = Params.parse(request.params).key;
      const key = admitted(request, await known.publishable(publishable));
      const encoding = encodingFor(request.headers['accept-encoding']);
      const policies = name === 'secret' ? await policiesOf(key) : [];
      const locale = localeOf(request, locales);
      const body = made.bodyFor(publishable, key, { name, encoding, locale, policies });
      const copies = element === 'copyButton';
      const own = { copies, fonts: hosted, icons: name === 'field' ? icons.hash : undefined };
      reply.headers(fieldHeaders(vault.site, dist[name], key.origins, own));
      if (encoding !== 'identity') reply.header('content-encoding', encoding);
      return sendHtml(reply, body);
    });
  }
}

/** A missing header is a browser too old for the walls we rely on, or no browser at all. */
function refuseUnframed(request: FastifyRequest): void {
  if (request.headers['sec-fetch-dest'] !== 'iframe')
    throw VaultError.because('policy_denied', 'not_framed');
}

function takeOne({ vault, documents }: Frames, request: FastifyRequest): void {
  if (documents.take(addressBlock(request.caller))) return;
  vault.metrics.http.limits.add({ limit: 'document/address', cause: 'spent' });
  throw VaultError.because('rate_limited', 'limit_address', { retryAfter: SHORT_WAIT });
}

function admitted(request: FastifyRequest, key: StoredKey | undefined): StoredKey {
  if (key === undefined || key.origins.length === 0)
    throw VaultError.because('not_found', 'publishable_key');
  request.facts.tenant = key.tenant;
  request.facts.keyId = key.keyId;
  return key;
}

async function controllerBoot(
  frames: Frames,
  publishable: string,
  key: StoredKey,
  locale: string,
): Promise<ControllerBoot> {
  const { vault, dist } = frames;
  const boot = commonBoot(publishable, key, vault.now());
  const minSeq = await lowestAcceptedSeq(vault.sql.as('fields'), vault.now());
  const root = trustedRoot(vault);
  const { mode, tenant, keyId } = key;
  const subject = {
    ...{ mode, tenant, key: keyId, origins: boot.origins },
    // In the ticket, since its price may be known here and not where it is used; the frame goes by it too.
    ...(key.sessionsRequired || vault.pricing.requiresSession(keyId)
      ? { sessionRequired: true as const }
      : {}),
    // Left out where it is none: an older node reads tickets too.
    ...(key.binDigits > 0 ? { binDigits: key.binDigits } : {}),
  };
  return ControllerBoot.parse({
    ...boot,
    texts: dist.texts.get(locale)?.controller,
    api: vault.site.apiOrigin,
    ticket: issueTicket(await vault.keys.secret('ticket'), subject, {
      now: boot.now,
      seconds: vault.ticketSeconds,
    }),
    root: base64url(root),
    sessionKeys: (await vault.keys.sessionKeys()).slice(-MOST_SESSION_KEYS).map(base64url),
    minSeq,
  });
}

function base64url(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64url');
}

function sendHtml(reply: FastifyReply, html: Buffer): FastifyReply {
  return reply.type('text/html; charset=utf-8').send(html);
}
