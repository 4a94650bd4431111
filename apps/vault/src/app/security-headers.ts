/** What every answer of the vault carries, in one table; `../app/security-headers.test.ts` asserts it. */
export type Headers = Readonly<Record<string, string>>;

export type Site = { readonly fieldsOrigin: string; readonly apiOrigin: string };

const PERMISSIONS = [
  ...['accelerometer', 'autoplay', 'browsing-topics', 'camera', 'clipboard-read'],
  ...['clipboard-write', 'display-capture', 'encrypted-media', 'fullscreen', 'gamepad'],
  ...['geolocation', 'gyroscope', 'hid', 'identity-credentials-get', 'idle-detection'],
  ...['keyboard-map', 'local-fonts', 'magnetometer', 'microphone', 'midi', 'otp-credentials'],
  ...['payment', 'picture-in-picture', 'publickey-credentials-create'],
  ...['publickey-credentials-get', 'screen-wake-lock', 'serial', 'storage-access', 'sync-xhr'],
  ...['unload', 'usb', 'window-management', 'xr-spatial-tracking'],
]
  .map((feature) => `${feature}=()`)
  .join(', ');

const NOTHING_LOADS = [
  "frame-src 'none'",
  "child-src 'none'",
  "worker-src 'none'",
  "manifest-src 'none'",
  "media-src 'none'",
  "object-src 'none'",
  "base-uri 'none'",
  "form-action 'none'",
  "require-trusted-types-for 'script'",
  "trusted-types 'none'",
];
const INERT = "default-src 'none'; frame-ancestors 'none'; sandbox";
const DAY = 86_400;

function transport(origin: string): Headers {
  return origin.startsWith('https:')
    ? { 'strict-transport-security': `max-age=${730 * DAY}; includeSubDomains` }
    : {};
}

function base(origin: string): Headers {
  return {
    'referrer-policy': 'no-referrer',
    'x-content-type-options': 'nosniff',
    ...transport(origin),
  };
}

/**
 * A frame document. `ancestors` are the key's exact origins: the browser, not our script,
 * authenticates the merchant. X-Frame-Options is left out: it cannot hold a list, and would conflict.
 */
function frame(
  site: Site,
  own: readonly string[],
  ancestors: readonly string[],
  { fonts = "'none'", images = "'none'" } = {},
): Headers {
  const policy = [
    "default-src 'none'",
    `font-src ${fonts}`,
    `img-src ${images}`,
    ...NOTHING_LOADS,
    ...own,
    `frame-ancestors ${ancestors.length === 0 ? "'none'" : ancestors.join(' ')}`,
    // Over plain http (development only) this would send the frame to a port that speaks no TLS.
    ...(site.fieldsOrigin.startsWith('https:') ? ['upgrade-insecure-requests'] : []),
  ];
  return {
    ...base(site.fieldsOrigin),
    'content-security-policy': policy.join('; '),
    'integrity-policy': 'blocked-destinations=(script)',
    'permissions-policy': PERMISSIONS,
    'origin-agent-cluster': '?1',
    'cross-origin-embedder-policy': 'require-corp',
    'cross-origin-resource-policy': 'cross-origin',
    'x-dns-prefetch-control': 'off',
    'document-policy': 'js-profiling=?0',
    vary: 'Sec-Fetch-Dest, Sec-Fetch-Site',
  };
}

/** Of the operator's fonts: the style that names them, and the folder that they are in. */
export type FontPolicy = { readonly hash: string; readonly path: string };

/** What a document may that not all may. */
type Hosted = {
  readonly copies: boolean;
  readonly fonts?: FontPolicy | undefined;
  /** The hash of the style that holds the operator's pictures of networks. */
  readonly icons?: string | undefined;
};

const quoted = (hashes: readonly string[]) => hashes.map((hash) => `'${hash}'`).join(' ');

/**
 * A document with inputs, or that shows something: all inline but for chunks that few pages need; no network at all.
 */
export function fieldHeaders(
  site: Site,
  hashes: { readonly scriptHashes: readonly string[]; readonly style: string },
  ancestors: readonly string[],
  { copies, fonts, icons }: Hosted,
): Headers {
  const own = [
    `script-src ${quoted(hashes.scriptHashes)}`,
    `style-src ${quoted([hashes.style, fonts?.hash, icons].filter((hash) => hash !== undefined))}`,
    "connect-src 'none'",
  ];
  const page = frame(site, own, ancestors, {
    ...(fonts ? { fonts: `${site.fieldsOrigin}${fonts.path}` } : {}),
    // They stand in the style: still, nothing is fetched.
    ...(icons ? { images: 'data:' } : {}),
  });
  const vary = `${page.vary}, Accept-Encoding, Accept-Language`;
  // The one document whose work is to write to the clipboard; none may read it.
  const permissions = copies
    ? PERMISSIONS.replace('clipboard-write=()', 'clipboard-write=(self)')
    : PERMISSIONS;
  return {
    ...page,
    vary,
    'permissions-policy': permissions,
    'cache-control': 'private, max-age=60',
  };
}

/** The controller document: hashed scripts, the API and nothing else. It holds a ticket: no-store. */
export function controllerHeaders(
  site: Site,
  scriptHashes: readonly string[],
  ancestors: readonly string[],
): Headers {
  const own = [
    `script-src ${quoted(scriptHashes)}`,
    "style-src 'none'",
    `connect-src ${site.apiOrigin}`,
  ];
  return { ...frame(site, own, ancestors), 'cache-control': 'no-store' };
}

/** A page of the fields role that is not a frame: refusals and errors. Nobody may frame it. */
export function pageHeaders(site: Site): Headers {
  return {
    ...frame(site, ["script-src 'none'", "style-src 'none'", "connect-src 'none'", 'sandbox'], []),
    'cache-control': 'no-store',
  };
}

/** A file whose name holds its hash. */
export function assetHeaders(site: Site): Headers {
  return {
    ...base(site.fieldsOrigin),
    'content-security-policy': INERT,
    'access-control-allow-origin': '*',
    'cross-origin-resource-policy': 'cross-origin',
    'cache-control': `public, max-age=${365 * DAY}, immutable`,
    vary: 'Accept-Encoding',
  };
}

/** The SDK under its exact version, or under the moving one, which may change within minutes. */
export function sdkHeaders(site: Site, kind: 'pinned' | 'moving'): Headers {
  return {
    ...assetHeaders(site),
    ...(kind === 'moving' ? { 'cache-control': 'public, max-age=300' } : {}),
  };
}

/** Every answer of the API. */
export function apiHeaders(site: Site): Headers {
  return {
    ...base(site.apiOrigin),
    'content-security-policy': INERT,
    'cache-control': 'no-store',
    'cross-origin-resource-policy': 'same-site',
  };
}

/** The reference for people: a page of ours that runs nothing, with a style of its own. */
export function referenceHeaders(site: Site, styleHash: string): Headers {
  return {
    ...base(site.apiOrigin),
    'content-security-policy': `default-src 'none'; style-src '${styleHash}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; sandbox allow-same-origin allow-top-navigation-by-user-activation`,
    'cache-control': 'public, max-age=300',
    'cross-origin-resource-policy': 'same-origin',
  };
}

/** Added where the fields origin may call: it alone, without credentials. */
export function corsHeaders(site: Site): Headers {
  return {
    'access-control-allow-origin': site.fieldsOrigin,
    // A frame under require-corp reads an answer from another site only when it is marked for it.
    'cross-origin-resource-policy': 'cross-origin',
    vary: 'Origin',
  };
}

export function preflightHeaders(site: Site, method: 'GET' | 'POST'): Headers {
  return {
    ...corsHeaders(site),
    'access-control-allow-methods': method,
    'access-control-allow-headers': 'content-type',
    'access-control-max-age': '600',
  };
}
