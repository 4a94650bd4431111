// Runs on any Node >= 20 with npm and nothing else: brings the project's own Node and pnpm into
// .tools/, then the dependencies. Everything after this file runs on that Node.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';

const NODE = '24.21.0';
const PNPM = '12.21.0';

export const root = join(import.meta.dirname, '..');
const tools = join(root, '.tools');
const bin = join(tools, 'node_modules', '.bin');
const platform = process.platform === 'win32' ? 'win' : process.platform;
const nodePackage = `node-${platform}-${process.arch}`;
/** npm carries Node itself for these; elsewhere the machine's own has to do. */
const carried = ['linux-x64', 'linux-arm64', 'win-x64'].includes(`${platform}-${process.arch}`);

/** The environment in which the project's own Node and pnpm come first. */
export const env = {
  ...process.env,
  PATH: [bin, join(root, 'node_modules', '.bin'), process.env.PATH].join(delimiter),
  // Native addons compile against the headers of the Node they will run on; node-gyp would otherwise
  // download some.
  npm_config_nodedir: join(tools, 'node_modules', nodePackage),
};

function sh(command, args, options = {}) {
  const { status } = spawnSync(command, args, { cwd: root, stdio: 'inherit', env, ...options });
  if (status !== 0) {
    console.error(`\n${command} ${args[0]} failed; see above.`);
    process.exit(status ?? 1);
  }
}

/** Does `work` unless `file` already says `stamp`. */
function once(file, stamp, work) {
  if (existsSync(file) && readFileSync(file, 'utf8') === stamp) return;
  work();
  writeFileSync(file, stamp);
}

/** @returns the packages to bring. */
function wanted() {
  if (carried) return [`${nodePackage}@${NODE}`, `pnpm@${PNPM}`];
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  if (major < 24 || (major === 24 && minor < 7)) {
    console.error(`npm has no Node ${NODE} for this platform; run this with Node 24.7 or newer.`);
    process.exit(1);
  }
  return [`pnpm@${PNPM}`];
}

function ensureTools() {
  const packages = wanted();
  mkdirSync(tools, { recursive: true });
  once(join(tools, 'stamp'), packages.join(' '), () => {
    console.log(`Fetching ${packages.join(' and ')} into .tools/ …`);
    writeFileSync(join(tools, 'package.json'), '{"private":true}\n');
    const quiet = ['--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'];
    // A folder of its own: npm must not see the workspace it stands in.
    sh('npm', ['install', '--prefix', tools, ...quiet, ...packages], {
      cwd: tools,
      env: process.env,
      shell: process.platform === 'win32',
    });
  });
}

function manifests() {
  const rooms = ['packages', 'apps'].flatMap((folder) =>
    readdirSync(join(root, folder)).map((name) => join(folder, name)),
  );
  return ['.', 'e2e', ...rooms]
    .map((room) => join(root, room, 'package.json'))
    .filter((file) => existsSync(file));
}

function ensureDependencies() {
  const hash = createHash('sha256');
  for (const file of ['pnpm-lock.yaml', 'pnpm-workspace.yaml']) {
    hash.update(readFileSync(join(root, file)));
  }
  for (const file of manifests()) hash.update(readFileSync(file));
  const stamp = hash.digest('hex');
  mkdirSync(join(root, 'node_modules'), { recursive: true });
  once(join(root, 'node_modules', '.hushfield-stamp'), stamp, () =>
    sh('pnpm', ['install', '--frozen-lockfile']),
  );
}

/** Makes sure of the tools and the dependencies; a second call costs milliseconds. */
export function bootstrap() {
  ensureTools();
  ensureDependencies();
}
