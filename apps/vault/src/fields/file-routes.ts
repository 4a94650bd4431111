import type { FastifyInstance, FastifyReply } from 'fastify';
import { assetHeaders, type Headers, type Site, sdkHeaders } from '../app/security-headers.ts';
import type { File, FrameDist } from './frame-dist.ts';
import type { SdkDist } from './sdk-dist.ts';

/** One route per file that was there at start: a path cannot be walked, as none is ever joined. */
export function fileRoutes(
  app: FastifyInstance,
  site: Site,
  frames: FrameDist,
  sdk: SdkDist,
): void {
  for (const [path, file] of frames.assets) {
    app.get(path, (_request, reply) => sendFile(reply, file, assetHeaders(site)));
  }
  app.get(`/sdk/${sdk.version}/hushfield.js`, (_request, reply) =>
    sendFile(reply, sdk.script, sdkHeaders(site, 'pinned')),
  );
  app.get('/sdk/v1/hushfield.js', (_request, reply) =>
    sendFile(reply, sdk.script, sdkHeaders(site, 'moving')),
  );
}

function sendFile(reply: FastifyReply, file: File, headers: Headers): FastifyReply {
  return reply.headers(headers).type(file.type).send(file.body);
}
