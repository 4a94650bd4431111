import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { must, root } from './built.ts';

const SYSTEM = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome-stable',
  '/usr/bin/google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
];

const e2e = createRequire(join(root, 'e2e/package.json'));

/** Playwright's own Chromium, the system's, or the one the environment names. */
function find(): string | undefined {
  const named = process.env['HUSHFIELD_CHROMIUM'];
  if (named) return named;
  const { chromium } = e2e('@playwright/test') as { chromium: { executablePath(): string } };
  return [chromium.executablePath(), ...SYSTEM].find((path) => existsSync(path));
}

/**
 * Makes sure of a Chromium: one that is there, else Playwright's download, else Debian's package
 * when this is root on such a machine.
 *
 * @returns its path, for HUSHFIELD_CHROMIUM.
 */
export function ensureChromium(): string {
  const there = find();
  if (there) return there;
  console.log('No Chromium found; trying the download of Playwright …');
  spawnSync('playwright', ['install', 'chromium'], {
    cwd: join(root, 'e2e'),
    stdio: 'inherit',
    shell: true,
  });
  const downloaded = find();
  if (downloaded) return downloaded;
  if (process.getuid?.() === 0 && existsSync('/usr/bin/apt-get')) {
    console.log('That did not work; installing the package chromium …');
    must('apt-get', ['update', '-q']);
    must('apt-get', [
      'install',
      '-y',
      '-q',
      '--no-install-recommends',
      'chromium',
      'fonts-liberation',
    ]);
  }
  const installed = find();
  if (installed) return installed;
  console.error('Install Chromium or Chrome, or set HUSHFIELD_CHROMIUM to its path.');
  process.exit(1);
}
