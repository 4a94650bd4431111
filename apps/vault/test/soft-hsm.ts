import { execFileSync } from 'node:child_process';
import {
  existsSync,
  globSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { Pkcs11Place } from '../src/keys/kek/pkcs11-calls.ts';

const [MODULE] = globSync('/usr/lib{/*,}/softhsm/libsofthsm2.so');
const PIN = '1234';
const TOKEN = 'hushfield';

function canLoad(): boolean {
  try {
    createRequire(import.meta.url).resolve('pkcs11js/build/Release/pkcs11.node');
    return true;
  } catch {
    return false;
  }
}

/** Whether this machine has a software HSM, and the addon that speaks to it. */
export const HAS_SOFT_HSM = MODULE !== undefined && canLoad();
if (!HAS_SOFT_HSM) {
  console.warn('SoftHSM2 or the PKCS#11 addon is not there: tests with a device are left out.');
}

/** A token of its own, in a folder. */
export type SoftHsm = {
  readonly place: Pkcs11Place;
  /** Takes the device away, or brings it back. */
  away(gone: boolean): void;
  /** Does something to the processes of ours that speak to it. */
  signal(name: 'SIGSTOP' | 'SIGCONT' | 'SIGKILL'): void;
};

/** Makes a token. The library is told of it by an environment variable, which our processes inherit. */
export function softHsm(folder: string): SoftHsm {
  const tokens = join(folder, 'tokens');
  mkdirSync(tokens, { recursive: true, mode: 0o700 });
  const settings = join(folder, 'softhsm2.conf');
  writeFileSync(settings, `directories.tokendir = ${tokens}\nlog.level = ERROR\n`);
  process.env['SOFTHSM2_CONF'] = settings;
  const init = ['--init-token', '--free', '--label', TOKEN, '--so-pin', '5678', '--pin', PIN];
  execFileSync('softhsm2-util', init, { stdio: 'ignore' });
  const pinFile = join(folder, 'pin');
  writeFileSync(pinFile, `${PIN}\n`, { mode: 0o600 });
  return {
    place: { module: MODULE ?? '', token: TOKEN, pinFile },
    away(gone) {
      const elsewhere = `${tokens}.away`;
      if (!gone) rmSync(tokens, { recursive: true });
      renameSync(gone ? tokens : elsewhere, gone ? elsewhere : tokens);
      if (gone) mkdirSync(tokens);
    },
    signal(name) {
      const ours = ['-P', String(process.pid), '-f', 'pkcs11-process'];
      execFileSync('pkill', [`-${name}`, ...ours]);
    },
  };
}

/**
 * The same token behind a library that takes its time for each key that it opens, and counts logins.
 * Compiled here: what could build the addon has a compiler. It goes by environment variables, which our
 * processes inherit as they start.
 */
export function slowHsm(folder: string, { place }: SoftHsm) {
  const module = join(folder, 'slow-pkcs11.so');
  const logins = join(folder, 'logins');
  const source = join(import.meta.dirname, 'slow-pkcs11.c');
  execFileSync('cc', ['-shared', '-fPIC', '-o', module, source, '-ldl']);
  process.env['SLOW_PKCS11_MODULE'] = place.module;
  process.env['SLOW_PKCS11_LOGINS'] = logins;
  return {
    place: { ...place, module },
    /** Holds for processes that start from now on. */
    takes(ms: number) {
      process.env['SLOW_PKCS11_MS'] = String(ms);
    },
    logins: () => (existsSync(logins) ? readFileSync(logins, 'utf8').trim().split('\n').length : 0),
  };
}
