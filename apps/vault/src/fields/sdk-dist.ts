import { join } from 'node:path';
import * as z from 'zod';
import { type File, read } from './frame-dist.ts';

const Package = z.object({ version: z.string().regex(/^\d+\.\d+\.\d+(-[0-9A-Za-z.-]+)?$/) });

export type SdkDist = { readonly version: string; readonly script: File };

/** @throws StartError when the SDK was not built. */
export function loadSdkDist(folder: string): SdkDist {
  const body = read(join(folder, 'hushfield.js'));
  const { version } = Package.parse(
    JSON.parse(read(join(folder, '..', 'package.json')).toString()),
  );
  return { version, script: { type: 'text/javascript; charset=utf-8', body } };
}
