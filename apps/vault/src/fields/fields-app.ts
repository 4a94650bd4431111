import { FRAME_PATH } from '@hushfield/contract/version';
import type { FastifyInstance } from 'fastify';
import { createApp } from '../app/create-app.ts';
import { fieldsRole } from '../app/role-answers.ts';
import { SlidingWindow } from '../app/sliding-window.ts';
import { VaultError } from '../app/vault-error.ts';
import { TicketLimits } from '../limits/ticket-limits.ts';
import type { Vault } from '../vault.ts';
import { fileRoutes } from './file-routes.ts';
import type { BrandIcons } from './brand-icons.ts';
import type { Fonts } from './fonts.ts';
import { frameRoutes } from './frame-routes.ts';
import type { FrameDist } from './frame-dist.ts';
import type { SdkDist } from './sdk-dist.ts';

const OTHER_PROTOCOLS = Array.from({ length: 10 }, (_, version) => `f${version}`);

export type Dist = {
  readonly frames: FrameDist;
  readonly sdk: SdkDist;
  readonly fonts: Fonts;
  readonly icons: BrandIcons;
};

/** The fields role: static frames with headers per key, and the SDK's file. No cookies, no body. */
export function createFieldsApp(vault: Vault, dist: Dist): FastifyInstance {
  const { site, log, trustProxy, metrics } = vault;
  const app = createApp({ role: fieldsRole(site), log, trustProxy, http: metrics.http });
  const tickets = new TicketLimits(vault);
  const documents = new SlidingWindow(vault.fieldsPerMinute, vault.steady);
  const { frames, fonts, icons } = dist;
  frameRoutes(app, { vault, dist: frames, fonts, icons, tickets, documents });
  fileRoutes(app, site, dist);
  for (const protocol of OTHER_PROTOCOLS.filter((name) => name !== FRAME_PATH)) {
    app.get(`/${protocol}/*`, () => {
      throw VaultError.because('version_mismatch', 'protocol');
    });
  }
  return app;
}
