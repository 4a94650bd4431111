const PERMISSIONS =
  'accelerometer=(), autoplay=(), browsing-topics=(), camera=(), clipboard-read=(), clipboard-write=(), display-capture=(), encrypted-media=(), fullscreen=(), gamepad=(), geolocation=(), gyroscope=(), hid=(), identity-credentials-get=(), idle-detection=(), keyboard-map=(), local-fonts=(), magnetometer=(), microphone=(), midi=(), otp-credentials=(), payment=(), picture-in-picture=(), publickey-credentials-create=(), publickey-credentials-get=(), screen-wake-lock=(), serial=(), storage-access=(), sync-xhr=(), unload=(), usb=(), window-management=(), xr-spatial-tracking=()';
const NOTHING =
  "default-src 'none'; font-src 'none'; img-src 'none'; frame-src 'none'; child-src 'none'; worker-src 'none'; manifest-src 'none'; media-src 'none'; object-src 'none'; base-uri 'none'; form-action 'none'; require-trusted-types-for 'script'; trusted-types 'none'";

/** What the answers of a site must carry, written out by hand and apart from the code. */
export function expectedHeaders(scheme: string, environment: { readonly FIELDS_ORIGIN: string }) {
  const secure = scheme === 'https';
  const base: Record<string, string> = {
    'referrer-policy': 'no-referrer',
    'x-content-type-options': 'nosniff',
    ...(secure ? { 'strict-transport-security': 'max-age=63072000; includeSubDomains' } : {}),
  };
  const frame = (own: string, ancestors: string) => ({
    ...base,
    'content-security-policy': `${NOTHING}; ${own}; frame-ancestors ${ancestors}${secure ? '; upgrade-insecure-requests' : ''}`,
    'integrity-policy': 'blocked-destinations=(script)',
    'permissions-policy': PERMISSIONS,
    'origin-agent-cluster': '?1',
    'cross-origin-embedder-policy': 'require-corp',
    'cross-origin-resource-policy': 'cross-origin',
    'x-dns-prefetch-control': 'off',
    'document-policy': 'js-profiling=?0',
    vary: 'Sec-Fetch-Dest, Sec-Fetch-Site',
    'content-type': 'text/html; charset=utf-8',
  });
  const page = {
    ...frame("script-src 'none'; style-src 'none'; connect-src 'none'; sandbox", "'none'"),
    'cache-control': 'no-store',
  };
  const inert = "default-src 'none'; frame-ancestors 'none'; sandbox";
  const asset = {
    ...base,
    'content-security-policy': inert,
    'access-control-allow-origin': '*',
    'cross-origin-resource-policy': 'cross-origin',
    'cache-control': 'public, max-age=31536000, immutable',
    vary: 'Accept-Encoding',
    'content-type': 'text/javascript; charset=utf-8',
  };
  const api = {
    ...base,
    'content-security-policy': inert,
    'cache-control': 'no-store',
    'cross-origin-resource-policy': 'same-site',
    'content-type': 'application/json; charset=utf-8',
  };
  const problem = { ...api, 'content-type': 'application/problem+json; charset=utf-8' };
  const cors = {
    'access-control-allow-origin': environment.FIELDS_ORIGIN,
    'cross-origin-resource-policy': 'cross-origin',
    vary: 'Origin',
  };
  const preflight = (method: string) => {
    const { 'content-type': _type, ...rest } = api;
    return {
      ...rest,
      ...cors,
      'access-control-allow-methods': method,
      'access-control-allow-headers': 'content-type',
      'access-control-max-age': '600',
    };
  };
  return { frame, page, asset, api, problem, cors, preflight };
}
