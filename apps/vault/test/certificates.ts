// The library injects its parts by reflection, and wants this first.
import 'reflect-metadata';
import { randomUUID, webcrypto } from 'node:crypto';
import * as x509 from '@peculiar/x509';

x509.cryptoProvider.set(webcrypto);

/** A certificate and its key, in PEM. */
export type Paper = { readonly cert: string; readonly key: string };

export type Authority = {
  /** Its own certificate, in PEM. */
  readonly cert: string;
  /** One for a server of these names and addresses. */
  issue(names: readonly string[], days?: Validity): Promise<Paper>;
};

/** In days from now. */
type Validity = { readonly from: number; readonly to: number };

const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const;
const DAY = 86_400_000;

/** An authority that nobody knows of, for one test file. */
export async function createAuthority(): Promise<Authority> {
  const keys = await pair();
  const cert = await x509.X509CertificateGenerator.createSelfSigned({
    // Of its own: OpenSSL looks for an issuer by name, and takes the first.
    name: `CN=authority ${randomUUID()}`,
    keys,
    ...between({ from: -30, to: 30 }),
    signingAlgorithm: ALGORITHM,
    extensions: [
      new x509.BasicConstraintsExtension(true, undefined, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign, true),
    ],
  });
  return {
    cert: cert.toString('pem'),
    async issue(names, days = { from: -1, to: 1 }) {
      const own = await pair();
      const issued = await x509.X509CertificateGenerator.create({
        subject: `CN=${names[0] ?? 'nobody'}`,
        issuer: cert.subject,
        publicKey: own.publicKey,
        signingKey: keys.privateKey,
        ...between(days),
        signingAlgorithm: ALGORITHM,
        extensions: extensionsOf(names),
      });
      return { cert: issued.toString('pem'), key: await pemOf(own.privateKey) };
    },
  };
}

/** One that only its server vouches for. */
export async function selfSigned(name: string): Promise<Paper> {
  const keys = await pair();
  const cert = await x509.X509CertificateGenerator.createSelfSigned({
    name: `CN=${name}`,
    keys,
    ...between({ from: -1, to: 1 }),
    signingAlgorithm: ALGORITHM,
    extensions: extensionsOf([name]),
  });
  return { cert: cert.toString('pem'), key: await pemOf(keys.privateKey) };
}

function extensionsOf(names: readonly string[]): x509.Extension[] {
  const subjects = names.map((value) => ({
    type: /^[\d.]+$|:/.test(value) ? ('ip' as const) : ('dns' as const),
    value,
  }));
  return [
    new x509.SubjectAlternativeNameExtension(subjects),
    new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth]),
  ];
}

const pair = () => webcrypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify']);

async function pemOf(key: webcrypto.CryptoKey): Promise<string> {
  const bytes = await webcrypto.subtle.exportKey('pkcs8', key);
  return x509.PemConverter.encode(bytes, 'PRIVATE KEY');
}

function between({ from, to }: Validity) {
  const now = Date.now();
  return { notBefore: new Date(now + from * DAY), notAfter: new Date(now + to * DAY) };
}
