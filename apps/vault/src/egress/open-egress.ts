import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { type Config, StartError } from '../config.ts';
import { createEgress, type Egress } from './send.ts';

const CERTIFICATE = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g;

/**
 * The door to other hosts, as the operator has set it, for destinations or for webhooks: what is let through for the
 * one is not for the other.
 *
 * @throws StartError where the file of roots cannot be read, or holds none: OpenSSL would take that for no wish.
 */
export function openEgress({
  allowed,
  caFile,
}: Pick<Config['egress'], 'allowed' | 'caFile'>): Egress {
  return createEgress({ allowed, ...(caFile === undefined ? {} : { ca: readRoots(caFile) }) });
}

function readRoots(file: string): string {
  try {
    const roots = readFileSync(file, 'utf8').match(CERTIFICATE) ?? [];
    for (const root of roots) void new X509Certificate(root);
    if (roots.length > 0) return roots.join('\n');
  } catch {
    // Said below, for both.
  }
  throw new StartError('EGRESS_CA_FILE cannot be read, or is no certificate in PEM.');
}
