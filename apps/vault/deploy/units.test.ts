import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { ROLES } from '../src/role.ts';

const HAS_SYSTEMD = spawnSync('systemd-analyze', ['--version']).status === 0;
if (!HAS_SYSTEMD) console.warn('systemd-analyze is not there: the units are not verified.');

/** Of ten: the manager's own measure of what a service could reach. */
const MOST_EXPOSED = 1.5;
const unit = (role: string) =>
  readFileSync(join(import.meta.dirname, `hushfield-${role}.service`), 'utf8');

describe.runIf(HAS_SYSTEMD)('the units', () => {
  const folder = mkdtempSync(join(tmpdir(), 'hushfield-units-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  test.each(ROLES)('of %s is understood word for word, and exposes little', (role) => {
    const path = join(folder, `hushfield-${role}.service`);
    // Only that the program is there is of the machine.
    writeFileSync(path, unit(role).replace('/opt/hushfield/usr/bin/node', process.execPath));
    const said = spawnSync('systemd-analyze', ['verify', path], { encoding: 'utf8' });
    expect(
      said.stderr.split('\n').filter((line) => line.includes(`hushfield-${role}`)),
    ).toStrictEqual([]);
    const words = ['security', '--offline=true', '--no-pager', path];
    const told = execFileSync('systemd-analyze', words, { encoding: 'utf8' });
    const [, level] = /exposure level for \S+ ([\d.]+)/.exec(told) ?? [];
    expect(Number(level)).toBeLessThanOrEqual(MOST_EXPOSED);
  });
});

test('the units differ in role, ports and folder alone, and in who may write keys', () => {
  expect(ROLES.filter((role) => unit(role).includes('\nReadWritePaths='))).toStrictEqual([
    'worker',
  ]);
  const plain = (role: string) =>
    unit(role)
      .split('\n')
      .filter((line) => line !== '' && !line.startsWith('#') && !line.startsWith('Description'))
      .map((line) => line.replaceAll(new RegExp(`(hushfield-|--role )${role}`, 'g'), '$1ROLE'))
      .map((line) => line.replace(/PORT_BASE=\d+/, 'PORT_BASE'))
      .map((line) => line.replace(/^Read(Write|Only)(?=Paths=)/, 'Read'));
  for (const role of ROLES) expect(plain(role)).toStrictEqual(plain('api'));
  const ports = ROLES.map((role) => /PORT_BASE=(\d+)/.exec(unit(role))?.[1]);
  expect(new Set(ports).size).toBe(ROLES.length);
});
