import { ControllerBoot, FieldBoot } from '@hushfield/contract/boot';
import { FRAME_PATH } from '@hushfield/contract/version';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import * as z from 'zod';
import { addressBlock } from '../app/address-block.ts';
import { controllerHeaders, fieldHeaders } from '../app/security-headers.ts';
import type { SlidingWindow } from '../app/sliding-window.ts';
import { VaultError } from '../app/vault-error.ts';
import { seconds } from '../clock.ts';
import { authenticate } from '../tenants/authenticate.ts';
import type { StoredKey } from '../tenants/tenant-store.ts';
import type { Vault } from '../vault.ts';
import { lowestAcceptedSeq } from '../worker/manifest-store.ts';
import { bootScript } from './boot-script.ts';
import { compressNow, encodingFor } from './compressed.ts';
import type { Document, FrameDist } from './frame-dist.ts';
import { issueTicket } from './ticket.ts';

const Params = z.object({ key: z.string() });

export type Frames = {
  readonly vault: Vault;
  readonly dist: FrameDist;
  readonly tickets: SlidingWindow;
};

/** `/f1/<publishable key>/{field,controller}`: the two documents a merchant's page may frame. */
export function frameRoutes(app: FastifyInstance, frames: Frames): void {
  app.get(`/${FRAME_PATH}/:key/field`, async (request, reply) => {
    const { publishable, key } = await admitted(frames, request);
    reply.headers(fieldHeaders(frames.vault.site, frames.dist.field, key.origins));
    const boot = FieldBoot.parse(common(frames, publishable, key));
    const encoding = encodingFor(request.headers['accept-encoding']);
    if (encoding !== 'identity') reply.header('content-encoding', encoding);
    return sendHtml(reply, compressNow(written(frames.dist.field, boot), encoding));
  });
  app.get(`/${FRAME_PATH}/:key/controller`, async (request, reply) => {
    const { publishable, key } = await admitted(frames, request);
    if (!frames.tickets.take(addressBlock(request.ip))) throw new VaultError('rate_limited');
    const boot = await controllerBoot(frames, publishable, key);
    const { scriptHashes } = frames.dist.controller;
    reply.headers(controllerHeaders(frames.vault.site, scriptHashes, key.origins));
    // Not compressed: it holds the ticket.
    return sendHtml(reply, Buffer.from(written(frames.dist.controller, boot)));
  });
}

async function admitted({ vault }: Frames, request: FastifyRequest) {
  // A missing header is a browser too old for the walls we rely on, or no browser at all.
  if (request.headers['sec-fetch-dest'] !== 'iframe') throw new VaultError('policy_denied');
  const publishable = Params.parse(request.params).key;
  const key = await authenticate(vault, 'pk', publishable);
  if (key === undefined || key.origins.length === 0) throw new VaultError('not_found');
  request.facts.tenant = key.tenant;
  request.facts.keyId = key.keyId;
  return { publishable, key };
}

function common({ vault }: Frames, publishable: string, key: StoredKey): FieldBoot {
  return {
    v: 1,
    mode: key.mode,
    key: publishable,
    origins: [...key.origins],
    now: seconds(vault.now()),
  };
}

async function controllerBoot(
  frames: Frames,
  publishable: string,
  key: StoredKey,
): Promise<ControllerBoot> {
  const { vault, dist } = frames;
  const boot = common(frames, publishable, key);
  const minSeq = await lowestAcceptedSeq(vault.sql, vault.now());
  const subject = { mode: key.mode, tenant: key.tenant, key: key.keyId, origins: boot.origins };
  return ControllerBoot.parse({
    ...boot,
    api: vault.site.apiOrigin,
    ticket: issueTicket(vault.keys.secret('ticket'), subject, boot.now),
    root: Buffer.from(vault.keys.signingKey('offline-root/root').publicKey).toString('base64url'),
    minSeq,
    fallback: dist.fallback,
  });
}

function written(document: Document, boot: object): string {
  return `${document.before}${bootScript(boot)}${document.after}`;
}

function sendHtml(reply: FastifyReply, html: Buffer): FastifyReply {
  return reply.type('text/html; charset=utf-8').send(html);
}
