/*
 * `node apps/vault/deploy/image.ts <folder>` puts into a new folder what a container holds, or /opt/hushfield of a
 * machine: the built server, the frames and the SDK, what they depend on at run time, a Node and the libraries
 * it is linked with. No shell, no package manager, no sources. Run `npm run build` before it.
 */
import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';

const ROOT = join(import.meta.dirname, '../../..');
const [target = ''] = process.argv.slice(2);
/** Of the vault's folder, all that the built server does not read. */
const SOURCES = ['deploy', 'src', 'test', 'tsconfig.json', 'vite.config.ts', 'vitest.config.ts'];
const BUILT = ['apps/fields/dist', 'packages/sdk/dist', 'packages/sdk/package.json'];
const CERTIFICATES = '/etc/ssl/certs/ca-certificates.crt';
/** Belongs to nobody, on any machine. */
const USER = 65_532;

function put(from: string, to: string): void {
  mkdirSync(dirname(to), { recursive: true });
  cpSync(from, to, { recursive: true, dereference: from.startsWith('/') });
}

/** What the loader would look for, itself among it. */
function librariesOf(binary: string): string[] {
  const told = execFileSync('ldd', [binary], { encoding: 'utf8' });
  return [...told.matchAll(/(\/\S+) \(0x/g)].flatMap(([, path]) =>
    path === undefined ? [] : [path],
  );
}

function installVault(app: string): void {
  const vault = join(app, 'apps/vault');
  mkdirSync(dirname(vault), { recursive: true });
  const words = ['--filter', '@hushfield/vault', 'deploy', '--prod', '--legacy', vault];
  execFileSync('pnpm', words, { cwd: ROOT, stdio: ['ignore', 'ignore', 'inherit'] });
  // Ours is part of the build; the sources of it are not for a server.
  for (const path of [...SOURCES, 'node_modules/@hushfield'])
    rmSync(join(vault, path), { recursive: true, force: true });
}

if (target === '' || existsSync(target)) {
  process.stderr.write('Usage: node apps/vault/deploy/image.ts <a folder that is not there yet>\n');
  process.exit(2);
}
const app = join(target, 'app');
installVault(app);
for (const path of BUILT) cpSync(join(ROOT, path), join(app, path), { recursive: true });
const node = realpathSync(process.execPath);
put(node, join(target, 'usr/bin/node'));
for (const library of librariesOf(node)) put(library, join(target, relative('/', library)));
if (existsSync(CERTIFICATES)) put(CERTIFICATES, join(target, CERTIFICATES));
mkdirSync(join(target, 'etc'), { recursive: true });
writeFileSync(join(target, 'etc/passwd'), `hushfield:x:${USER}:${USER}::/:/none\n`);
writeFileSync(join(target, 'etc/group'), `hushfield:x:${USER}:\n`);
for (const folder of ['tmp', 'var/lib/hushfield', 'var/lib/hushfield-keys'])
  mkdirSync(join(target, folder), { recursive: true });
