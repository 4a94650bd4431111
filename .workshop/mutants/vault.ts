import { attack, edit, type Mutant } from './mutant.ts';

const HEADERS = 'apps/vault/src/app/security-headers.ts';

/** What the server says to browsers, and whom it serves. */
export const VAULT: readonly Mutant[] = [
  {
    name: 'headers: any page may frame',
    edits: [
      edit(
        HEADERS,
        "`frame-ancestors ${ancestors.length === 0 ? \"'none'\" : ancestors.join(' ')}`",
        '`frame-ancestors ${ancestors.length === 0 ? "\'none\'" : "*"}`',
      ),
    ],
    attacks: [attack('refusals', 'names the registered origins')],
  },
  {
    name: 'headers: the field may connect',
    edits: [
      edit(
        HEADERS,
        '"connect-src \'none\'",\n  ];\n  const page',
        '"connect-src *",\n  ];\n  const page',
      ),
    ],
    attacks: [attack('exits', 'connect to nobody')],
  },
  {
    name: 'headers: images from anywhere',
    edits: [edit(HEADERS, '"img-src \'none\'"', '"img-src *"')],
    attacks: [attack('exits', 'connect to nobody')],
  },
  {
    name: 'frames: served to any request',
    edits: [
      edit(
        'apps/vault/src/fields/frame-routes.ts',
        "if (request.headers['sec-fetch-dest'] !== 'iframe') throw new VaultError('policy_denied');",
        'void request;',
      ),
    ],
    attacks: [attack('refusals', 'nothing but an iframe')],
  },
];
