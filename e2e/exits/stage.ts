import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { transformWithOxc } from 'vite';
import { TreeCopy } from '../../.workshop/tree-copy.ts';
import { deploy } from '../support/deployment.ts';
import { type Merchant, merchantOf } from '../support/merchant.ts';
import { PageServer } from '../support/page-server.ts';
import { Sinks } from './sinks.ts';

const SOURCE = readFileSync(join(import.meta.dirname, 'ways-out.ts'), 'utf8');
const START = (sinks: object) => `lieInWait(${JSON.stringify(sinks)});`;

/** A merchant whose vault serves frames with a dependency that was taken over, and the thief's servers. */
export type Stage = { readonly merchant: Merchant; readonly sinks: Sinks; close(): Promise<void> };

/** Builds the frames with the malicious module first in both documents; the build itself hashes it. */
function buildInfected(copy: TreeCopy, sinks: object): void {
  copy.write('apps/fields/src/boot/ways-out.ts', SOURCE);
  copy.write(
    'apps/fields/src/boot/infected.ts',
    `import { lieInWait } from './ways-out.ts';\n${START(sinks)}\n`,
  );
  const first = "import '../boot/zod-setup.ts';";
  for (const entry of ['field/main.tsx', 'controller/main.ts']) {
    copy.replace(`apps/fields/src/${entry}`, first, `import '../boot/infected.ts';\n${first}`);
  }
  copy.buildFrames();
}

/** A page with the same code in a frame from another site, but without any policy or sandbox. */
async function setUnguarded(pages: PageServer, portBase: number, sinks: object): Promise<void> {
  const { code: module } = await transformWithOxc(SOURCE, 'ways-out.ts');
  const code = `${module}\n${START(sinks)}`;
  pages.set('/inner', '', `<input autofocus><script type="module">${code}</script>`);
  const src = `http://127.0.0.1:${portBase}/inner`;
  pages.set('/unguarded', '', `<iframe title="unguarded" src="${src}"></iframe>`);
}

export async function openStage(): Promise<Stage> {
  const sinks = new Sinks();
  const addresses = await sinks.open();
  const copy = new TreeCopy();
  try {
    buildInfected(copy, addresses);
  } catch (error) {
    copy.dispose();
    sinks.close();
    throw error;
  }
  const dist = join(copy.root, 'apps/fields/dist');
  const deployment = await deploy({ shop: false, env: () => ({ FIELDS_DIST: dist }) });
  const pages = new PageServer();
  await pages.listen(deployment.portBase);
  await setUnguarded(pages, deployment.portBase, addresses);
  return {
    merchant: merchantOf(deployment, pages),
    sinks,
    async close() {
      await pages.close();
      await deployment.dispose();
      copy.dispose();
      sinks.close();
    },
  };
}
