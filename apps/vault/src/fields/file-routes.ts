import type { FastifyInstance } from 'fastify';
import { assetHeaders, type Headers, type Site, sdkHeaders } from '../app/security-headers.ts';
import { compressed, encodingFor } from './compressed.ts';
import type { Dist } from './fields-app.ts';
import type { File } from './frame-dist.ts';

/** One route per file that was there at start: a path cannot be walked, as none is ever joined. */
export function fileRoutes(app: FastifyInstance, site: Site, { frames, sdk, fonts }: Dist): void {
  // A font's file is compressed as it is.
  for (const [path, { type, body }] of fonts.files)
    app.get(path, (_, reply) => reply.headers(assetHeaders(site)).type(type).send(body));
  for (const [path, file] of frames.assets) fileRoute(app, path, file, assetHeaders(site));
  fileRoute(app, `/sdk/${sdk.version}/hushfield.js`, sdk.script, sdkHeaders(site, 'pinned'));
  fileRoute(app, '/sdk/v1/hushfield.js', sdk.script, sdkHeaders(site, 'moving'));
}

function fileRoute(app: FastifyInstance, path: string, file: File, headers: Headers): void {
  const body = compressed(file.body);
  app.get(path, (request, reply) => {
    const encoding = encodingFor(request.headers['accept-encoding']);
    if (encoding !== 'identity') reply.header('content-encoding', encoding);
    return reply.headers(headers).type(file.type).send(body[encoding]);
  });
}
