import 'reflect-metadata';
import { webcrypto } from 'node:crypto';
import {
  BasicConstraintsExtension,
  ExtendedKeyUsage,
  ExtendedKeyUsageExtension,
  KeyUsageFlags,
  KeyUsagesExtension,
  SubjectAlternativeNameExtension,
  SubjectKeyIdentifierExtension,
  type X509Certificate,
  X509CertificateGenerator,
} from '@peculiar/x509';

const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const;
const DAY_MS = 86_400_000;
const LIFE_DAYS = 365;
const NAMES = [
  { type: 'ip', value: '127.0.0.1' },
  { type: 'ip', value: '::1' },
  { type: 'dns', value: 'localhost' },
] as const;

/** What a TLS server of the double needs, and what its clients must trust. */
export type Certificate = {
  readonly key: string;
  readonly cert: string;
  /** Of the authority that signed it. */
  readonly ca: string;
};

type Keys = Awaited<ReturnType<typeof newKeys>>;
type Authority = { readonly certificate: X509Certificate; readonly keys: Keys };

/**
 * A certificate for this machine's own addresses, by an authority that is made for it. The authority's key is
 * forgotten with the call: whoever trusts it trusts this one certificate, and nothing can be signed later.
 */
export async function makeCertificate(): Promise<Certificate> {
  const authority = await makeAuthority();
  const keys = await newKeys(true);
  const certificate = await X509CertificateGenerator.create({
    ...term('02'),
    subject: 'CN=Gateway double',
    issuer: authority.certificate.subject,
    publicKey: keys.publicKey,
    signingKey: authority.keys.privateKey,
    signingAlgorithm: ALGORITHM,
    extensions: [
      new BasicConstraintsExtension(false, undefined, true),
      new KeyUsagesExtension(KeyUsageFlags.digitalSignature, true),
      new ExtendedKeyUsageExtension([ExtendedKeyUsage.serverAuth]),
      new SubjectAlternativeNameExtension(NAMES),
    ],
  });
  const key = await webcrypto.subtle.exportKey('pkcs8', keys.privateKey);
  return {
    key: pem('PRIVATE KEY', Buffer.from(key)),
    cert: certificate.toString('pem'),
    ca: authority.certificate.toString('pem'),
  };
}

async function makeAuthority(): Promise<Authority> {
  const keys = await newKeys(false);
  const certificate = await X509CertificateGenerator.createSelfSigned({
    ...term('01'),
    name: 'CN=Gateway double authority (moves no money)',
    keys,
    signingAlgorithm: ALGORITHM,
    extensions: [
      new BasicConstraintsExtension(true, 0, true),
      new KeyUsagesExtension(KeyUsageFlags.keyCertSign, true),
      await SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  });
  return { certificate, keys };
}

/** Since yesterday, so that no clock of this machine's containers is before it. */
function term(serialNumber: string) {
  const now = Date.now();
  return {
    serialNumber,
    notBefore: new Date(now - DAY_MS),
    notAfter: new Date(now + LIFE_DAYS * DAY_MS),
  };
}

const newKeys = (extractable: boolean) =>
  webcrypto.subtle.generateKey(ALGORITHM, extractable, ['sign', 'verify']);

function pem(label: string, bytes: Buffer): string {
  const lines = bytes.toString('base64').replaceAll(/.{64}(?=.)/g, '$&\n');
  return `-----BEGIN ${label}-----\n${lines}\n-----END ${label}-----\n`;
}
