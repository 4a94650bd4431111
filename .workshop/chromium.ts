import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { chromiumOptions } from '../e2e/support/engines.ts';
import { must, root } from './built.ts';

const find = () => chromiumOptions()?.executablePath;

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
