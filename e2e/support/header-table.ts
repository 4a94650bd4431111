/*
 * Which headers each kind of answer has: all of them, and no other. Written from the design alone, so
 * that it shares no mistake with the vault's own table.
 */

export type Site = {
  readonly fields: string;
  readonly api: string;
  readonly shop: string;
  /** Browsers come over TLS, whatever the listener itself speaks. */
  readonly secure: boolean;
};

/** What stands in `script-src` and `style-src` of a frame document. */
export type Sources = { readonly script: string; readonly style: string };

export type Headers = Readonly<Record<string, string>>;

const DENIED = [
  'accelerometer',
  'autoplay',
  'browsing-topics',
  'camera',
  'clipboard-read',
  'clipboard-write',
  'display-capture',
  'encrypted-media',
  'fullscreen',
  'gamepad',
  'geolocation',
  'gyroscope',
  'hid',
  'identity-credentials-get',
  'idle-detection',
  'keyboard-map',
  'local-fonts',
  'magnetometer',
  'microphone',
  'midi',
  'otp-credentials',
  'payment',
  'picture-in-picture',
  'publickey-credentials-create',
  'publickey-credentials-get',
  'screen-wake-lock',
  'serial',
  'storage-access',
  'sync-xhr',
  'unload',
  'usb',
  'window-management',
  'xr-spatial-tracking',
];

const CLOSED = 'default font img frame child worker manifest media object'
  .split(' ')
  .map((kind) => `${kind}-src 'none'`)
  .concat("base-uri 'none'", "form-action 'none'")
  .concat("require-trusted-types-for 'script'", "trusted-types 'none'");

/** A list whose order means nothing, in one order. */
export const sorted = (list: string, separator: RegExp) =>
  list
    .split(separator)
    .map((part) => part.trim())
    .filter((part) => part !== '')
    .sort()
    .join(' | ');

const policy = (...directives: string[]) => sorted(directives.join(';'), /;/);

/** Under plain HTTP a browser ignores it, and on a developer's machine it would outlive the test. */
const transport = ({ secure }: Site): Headers =>
  secure ? { 'strict-transport-security': 'max-age=63072000; includeSubDomains' } : {};

const everywhere = (site: Site): Headers => ({
  ...transport(site),
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
});

const INERT = policy("default-src 'none'", "frame-ancestors 'none'", 'sandbox');

const permissions = (own: readonly string[]) =>
  sorted(
    DENIED.map((feature) => `${feature}=(${own.includes(feature) ? 'self' : ''})`).join(','),
    /,/,
  );

function html(site: Site, ...own: string[]): Headers {
  const upgrade = site.secure ? ['upgrade-insecure-requests'] : [];
  return {
    ...everywhere(site),
    'content-security-policy': policy(...CLOSED, ...own, ...upgrade),
    'content-type': 'text/html; charset=utf-8',
    'cross-origin-embedder-policy': 'require-corp',
    'cross-origin-resource-policy': 'cross-origin',
    'document-policy': 'js-profiling=?0',
    'integrity-policy': 'blocked-destinations=(script)',
    'origin-agent-cluster': '?1',
    'permissions-policy': permissions([]),
    'x-dns-prefetch-control': 'off',
  };
}

/** @param own - features that the document itself may use, and no frame in it. */
export const field = (site: Site, { script, style }: Sources, own: readonly string[]): Headers => ({
  ...html(
    site,
    `script-src ${script}`,
    `style-src ${style}`,
    "connect-src 'none'",
    `frame-ancestors ${site.shop}`,
  ),
  'permissions-policy': permissions(own),
  'cache-control': 'private, max-age=60',
  vary: sorted('Sec-Fetch-Dest, Sec-Fetch-Site, Accept-Encoding, Accept-Language', /,/),
});

export const controller = (site: Site, { script, style }: Sources): Headers => ({
  ...html(
    site,
    `script-src ${script}`,
    `style-src ${style}`,
    `connect-src ${site.api}`,
    `frame-ancestors ${site.shop}`,
  ),
  'cache-control': 'no-store',
  vary: sorted('Sec-Fetch-Dest, Sec-Fetch-Site', /,/),
});

/** Every refusal of the fields role: a page that runs nothing, and that nobody may frame. */
export const page = (site: Site): Headers => ({
  ...html(
    site,
    "script-src 'none'",
    "style-src 'none'",
    "connect-src 'none'",
    'sandbox',
    "frame-ancestors 'none'",
  ),
  'cache-control': 'no-store',
  vary: sorted('Sec-Fetch-Dest, Sec-Fetch-Site', /,/),
});

export const script = (site: Site, life: 'year' | 'minutes'): Headers => ({
  ...everywhere(site),
  'access-control-allow-origin': '*',
  'cache-control': life === 'year' ? 'public, max-age=31536000, immutable' : 'public, max-age=300',
  'content-security-policy': INERT,
  'content-type': 'text/javascript; charset=utf-8',
  'cross-origin-resource-policy': 'cross-origin',
  vary: 'Accept-Encoding',
});

const json = (site: Site, type: string): Headers => ({
  ...everywhere(site),
  'cache-control': 'no-store',
  'content-security-policy': INERT,
  'cross-origin-resource-policy': 'same-site',
  ...(type === '' ? {} : { 'content-type': `${type}; charset=utf-8` }),
});

/** The reference: public, and the same for everybody. */
export const reference = (site: Site): Headers => ({
  ...json(site, 'application/json'),
  'cache-control': 'public, max-age=300',
});

/** The reference for people: its style and nothing else. */
export const referencePage = (site: Site, style: string): Headers => ({
  ...everywhere(site),
  'cache-control': 'public, max-age=300',
  'content-security-policy': policy(
    "default-src 'none'",
    `style-src ${style}`,
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
    'sandbox allow-same-origin allow-top-navigation-by-user-activation',
  ),
  'content-type': 'text/html; charset=utf-8',
  'cross-origin-resource-policy': 'same-origin',
});

export const api = (site: Site) => json(site, 'application/json');
export const problem = (site: Site) => json(site, 'application/problem+json');

/** What the fields origin alone may read, without credentials. */
export const shared = (site: Site): Headers => ({
  'access-control-allow-origin': site.fields,
  'cross-origin-resource-policy': 'cross-origin',
  vary: 'Origin',
});

export const preflight = (site: Site, method: string): Headers => ({
  ...json(site, ''),
  ...shared(site),
  'access-control-allow-headers': 'content-type',
  'access-control-allow-methods': method,
  'access-control-max-age': '600',
});

/** Of the connection, not of the answer. */
const HOP = ['connection', 'keep-alive', 'date', 'content-length', 'transfer-encoding'];

/** Headers as the table writes them. Throws when one came twice, which a lenient client would fold. */
export function canonical(headers: readonly (readonly [string, string])[]): Headers {
  const seen = new Map<string, string>();
  for (const [name, value] of headers) {
    if (seen.has(name)) throw new Error(`${name} came twice`);
    seen.set(name, value);
  }
  for (const name of HOP) seen.delete(name);
  for (const [name, separator] of [
    ['content-security-policy', /;/],
    ['permissions-policy', /,/],
    ['vary', /,/],
  ] as const) {
    const value = seen.get(name);
    if (value !== undefined) seen.set(name, sorted(value, separator));
  }
  return Object.fromEntries(seen);
}
