import { execFileSync, spawn } from 'node:child_process';
import { existsSync, globSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { emptyDatabase, ENGINES } from '../test/engines.ts';
import { freeBase } from '../test/free-base.ts';

const ROOT = join(import.meta.dirname, '../../..');
const file = readFileSync(join(import.meta.dirname, 'Containerfile'), 'utf8');
const isBuilt = ['vault', 'fields'].every((app) => existsSync(join(ROOT, 'apps', app, 'dist')));
const isRoot = process.getuid?.() === 0;
if (!isBuilt || !isRoot || process.platform !== 'linux')
  console.warn('Not built, not root or not Linux: the content of the image is not started.');

/** The rest of the one line that begins so. */
function line(instruction: string): string {
  const found = file.split('\n').filter((each) => each.startsWith(`${instruction} `));
  expect([instruction, found.length]).toStrictEqual([instruction, 1]);
  return found[0]?.slice(instruction.length + 1) ?? '';
}
const words = (instruction: string): string[] => JSON.parse(line(instruction));

/*
 * No engine for containers is asked for: the steps of the file that make the image's content are run as they stand, and
 * the process is started as an engine does, with that folder as its root, as its user, with its environment.
 */
const STARTS = isBuilt && isRoot && process.platform === 'linux' && ENGINES.includes('postgres');
describe.runIf(STARTS)('the image', { timeout: 90_000 }, () => {
  const folder = mkdtempSync(join(tmpdir(), 'hushfield-image-'));
  const image = join(folder, 'image');
  beforeAll(() => {
    const steps = file.split('\n').filter((each) => /^RUN .*\/image/.test(each));
    expect(steps).toHaveLength(2);
    for (const step of steps) {
      const command = step
        .slice(4)
        .replaceAll('/src/', `${ROOT}/`)
        .replaceAll(' /image', ` ${image}`);
      execFileSync('sh', ['-c', command], { cwd: ROOT, stdio: ['ignore', 'ignore', 'inherit'] });
    }
  }, 90_000);
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  const inside = (environment: Record<string, string> = {}, ...more: string[]) => {
    const env = Object.fromEntries(
      line('ENV')
        .split(' ')
        .map((pair) => pair.split('=')),
    );
    const all = ['--userspec', line('USER'), image, ...words('ENTRYPOINT'), ...more];
    return { args: all, options: { env: { PATH: process.env['PATH'], ...env, ...environment } } };
  };

  test('holds no shell, no package manager, no source, no test, and nothing for development', () => {
    const found = globSync('**/*', { cwd: image });
    const name = /(^|\/)(sh|bash|busybox|npm|npx|pnpm|typescript|vitest|vite|@types|fast-check)$/;
    // Native addons are compiled where they are installed, from sources of their own.
    const source = /^app\/apps\/.*(?<!\.d)\.ts$|\.test\.|^app\/apps\/vault\/(src|test|deploy)/;
    expect(
      found.filter(
        (path) => name.test(path) || (source.test(path) && !path.includes('node_modules')),
      ),
    ).toStrictEqual([]);
    expect(found).toEqual(
      expect.arrayContaining([
        'usr/bin/node',
        'app/apps/vault/dist/cli/main.js',
        'app/apps/fields/dist/frames.json',
      ]),
    );
  });

  test('serves as nobody, where it can write to two folders alone', async () => {
    const base = await freeBase();
    const it = await emptyDatabase('postgres');
    const { args, options } = inside({
      ...{ HOST: '127.0.0.1', PORT_BASE: String(base), DATABASE_URL: it.url ?? '' },
    });
    execFileSync('chroot', [...args, 'migrate'], options);
    const child = spawn('chroot', [...args, ...words('CMD')], options);
    let text = '';
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (data) => (text += String(data)));
    const ended = new Promise((resolve) => child.once('exit', resolve));
    while (!/^serving/m.test(text) && child.exitCode === null)
      await new Promise((resolve) => setTimeout(resolve, 50));
    const sdk = await fetch(`http://127.0.0.1:${base + 1}/sdk/v1/hushfield.js`);
    const list = await fetch(`http://127.0.0.1:${base + 2}/v1/keys/manifest`);
    expect([sdk.status, list.status, text]).toStrictEqual([
      200,
      200,
      expect.stringContaining('serving'),
    ]);
    child.kill('SIGTERM');
    expect(await ended).toBe(0);
    await it.drop();
    const owned = execFileSync('find', ['.', '-user', '65532', '-not', '-path', './var/lib/*'], {
      cwd: image,
      encoding: 'utf8',
    });
    expect(owned).toBe('');
  });

  test.each([
    ['where it is by itself', {}, '127.0.0.1'],
    ['on every address', { OPERATE_HOST: '0.0.0.0' }, '0.0.0.0'],
    ['on another address', { OPERATE_HOST: '127.0.0.3' }, '127.0.0.3'],
    ['on another port', { PORT_BASE: '1' }, '127.0.0.1'],
  ])('is asked for its health with what is in it, %s', async (_name, given, host) => {
    const [node = '', ...rest]: string[] = JSON.parse(line('HEALTHCHECK').replace(/^.*CMD /, ''));
    const base = await freeBase();
    const own = 'PORT_BASE' in given ? { OPERATE_PORT: String(base + 4) } : {};
    const { options } = inside({ PORT_BASE: String(base), ...given, ...own });
    const asked = () =>
      new Promise((resolve) => {
        const args = ['--userspec', line('USER'), image, node, ...rest];
        spawn('chroot', args, { ...options, stdio: 'ignore' }).once('exit', resolve);
      });
    expect(await asked()).toBe(1);
    const paths: unknown[] = [];
    const server = createServer((request, response) => {
      paths.push(request.url);
      response.writeHead(paths.length === 1 ? 200 : 503).end();
    });
    await new Promise<void>((resolve) => server.listen(base + 4, host, resolve));
    expect([await asked(), await asked(), paths]).toStrictEqual([0, 1, ['/healthz', '/healthz']]);
    await new Promise((resolve) => server.close(resolve));
  });
});
