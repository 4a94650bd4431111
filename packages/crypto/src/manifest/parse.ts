import { fromBase64Url } from '../encoding/base64url.ts';
import { PUBLIC_KEY_BYTES } from '../hpke/sizes.ts';
import { SUITE_IDS } from '../hpke/suite.ts';
import { kidOf } from './kid.ts';
import {
  type Delegation,
  type Env,
  type Manifest,
  type ManifestKey,
  MAX_DELEGATION_SECONDS,
  MAX_MANIFEST_KEYS,
} from './payload.ts';
import { countOf, listOf, type Members, membersOf, parseCanonical, textOf } from './strict-json.ts';

/** Reads a delegation's text. Throws for any departure from its format. */
export function parseDelegation(text: string): Delegation {
  const members = membersOf(parseCanonical(text), ['v', 'env', 'nbf', 'exp', 'manifestKey']);
  const delegation = {
    ...headOf(members),
    manifestKey: bytesOf(members, 'manifestKey', 32),
  };
  if (delegation.exp - delegation.nbf > MAX_DELEGATION_SECONDS) {
    throw new RangeError('delegation lives too long');
  }
  return delegation;
}

/** Reads a manifest's text. Throws for any departure from its format. */
export function parseManifest(text: string): Manifest {
  const members = membersOf(parseCanonical(text), ['v', 'env', 'seq', 'nbf', 'exp', 'keys']);
  const keys = listOf(members, 'keys').map(parseKey);
  const distinct = new Set(keys.map((key) => key.kid)).size;
  if (keys.length === 0 || keys.length > MAX_MANIFEST_KEYS || distinct !== keys.length) {
    throw new RangeError('unexpected number of keys');
  }
  return { ...headOf(members), seq: countOf(members, 'seq'), keys };
}

function parseKey(value: unknown): ManifestKey {
  const members = membersOf(value, ['kid', 'suite', 'pk', 'nbf', 'exp']);
  const suite = listOf(members, 'suite');
  if (suite.length !== SUITE_IDS.length || !SUITE_IDS.every((id, at) => suite[at] === id)) {
    throw new RangeError('unknown suite');
  }
  const publicKey = bytesOf(members, 'pk', PUBLIC_KEY_BYTES);
  const kid = textOf(members, 'kid');
  if (kid !== kidOf(publicKey)) throw new RangeError('kid does not name this key');
  return { kid, publicKey, ...windowOf(members) };
}

function headOf(members: Members): { env: Env; nbf: number; exp: number } {
  const env = members.get('env');
  if (members.get('v') !== 1) throw new RangeError('unknown version');
  if (env !== 'test' && env !== 'live') throw new RangeError('unknown env');
  return { env, ...windowOf(members) };
}

function windowOf(members: Members): { nbf: number; exp: number } {
  const nbf = countOf(members, 'nbf');
  const exp = countOf(members, 'exp');
  if (nbf >= exp) throw new RangeError('window is empty');
  return { nbf, exp };
}

function bytesOf(members: Members, name: string, size: number): Uint8Array {
  const bytes = fromBase64Url(textOf(members, name), size);
  if (bytes === undefined) throw new TypeError(`expected ${size} bytes: ${name}`);
  return bytes;
}
