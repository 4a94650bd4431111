import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { labelOfReceiveFile } from './receive-keys.ts';
import { SECRET_NAMES, secretFiles } from './secret-files.ts';
import { labelOfTenantFile } from './tenant-files.ts';

/** A file of the key store that holds a key under the KEK. */
export type WrappedFile = {
  readonly path: string;
  /** Bytes in front of the wrapped key: the id of a data key. */
  readonly prefix: number;
  readonly label: string;
};

/** Every wrapped key in a key store. */
export function wrappedFiles(folder: string): WrappedFile[] {
  const secrets = SECRET_NAMES.flatMap((name) =>
    secretFiles(folder, name).map(({ file }) => ({
      path: join(folder, file),
      prefix: 0,
      label: file,
    })),
  );
  const receive = readdirSync(join(folder, 'receive')).flatMap((name) => {
    const label = labelOfReceiveFile(name);
    return label === undefined ? [] : [{ path: join(folder, 'receive', name), prefix: 0, label }];
  });
  const tenants = readdirSync(join(folder, 'tenants')).flatMap((name) => {
    const path = join(folder, 'tenants', name);
    const found = labelOfTenantFile(path, name);
    return found === undefined ? [] : [{ path, ...found }];
  });
  return [...secrets, ...receive, ...tenants];
}
