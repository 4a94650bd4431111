import { attack, edit, type Mutant, unit } from './mutant.ts';

const SESSION_DOOR = 'apps/vault/src/routes/session-door.ts';
const FAILED_KEYS = 'apps/vault/src/limits/failed-keys.ts';
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
    edits: [edit(HEADERS, 'images = "\'none\'"', "images = '*'")],
    attacks: [attack('exits', 'connect to nobody')],
  },
  {
    name: 'frames: served to any request',
    edits: [
      edit(
        'apps/vault/src/fields/frame-routes.ts',
        "if (request.headers['sec-fetch-dest'] !== 'iframe')\n    throw VaultError.because('policy_denied', 'not_framed');",
        'void request;',
      ),
    ],
    attacks: [attack('refusals', 'nothing but an iframe')],
  },
  {
    name: 'database: a policy that lets every row through',
    edits: [
      edit(
        'apps/vault/src/db/sql/0002_isolation.sql',
        "USING (tenant = current_setting(''hushfield.tenant'', true))",
        'USING (true)',
      ),
    ],
    attacks: [unit('apps/vault/src/db/isolation.test.ts')],
  },
  {
    name: 'database: statements as whoever logged in',
    edits: [
      edit(
        'apps/vault/src/db/sql.ts',
        'return `SET LOCAL ROLE hushfield_${role}; SET',
        'return `SET',
      ),
    ],
    attacks: [unit('apps/vault/src/db/isolation.test.ts')],
  },
  {
    name: 'sessions: of any page',
    edits: [
      edit(
        SESSION_DOOR,
        "if (!session.origins.includes(body.parentOrigin))\n      throw VaultError.because('origin_not_allowed', 'session_origin');",
        '',
      ),
    ],
    attacks: [unit('apps/vault/src/routes/tokenize-sessions.test.ts')],
  },
  {
    name: 'sessions: of any tenant',
    edits: [
      edit(
        SESSION_DOOR,
        'if (session?.tenant !== ticket.tenant || session',
        'if (session === undefined || session',
      ),
    ],
    attacks: [unit('apps/vault/src/routes/tokenize-sessions.test.ts')],
  },
  {
    name: 'sessions: remembered past their end',
    edits: [
      edit(
        SESSION_DOOR,
        'if (seconds(this.#vault.now()) >= session.exp)',
        'if (session.exp === 0)',
      ),
    ],
    attacks: [unit('apps/vault/src/routes/tokenize-sessions.test.ts')],
  },
  {
    name: 'sessions: not bound into the seal',
    edits: [
      edit(
        'apps/vault/src/tokens/open-sealed.ts',
        "sessionId: session?.id ?? '',",
        "sessionId: '',",
      ),
      edit(
        'apps/vault/test/sealed-request.ts',
        "sessionId: change.session === undefined ? '' : sessionIdOf(change.session),",
        "sessionId: '',",
      ),
      edit(
        'apps/fields/src/controller/seal-plaintext.ts',
        "sessionId: session?.id ?? '',",
        "sessionId: '',",
      ),
    ],
    attacks: [unit('apps/vault/src/routes/tokenize-sessions.test.ts')],
  },
  {
    name: 'sessions: for anybody’s page',
    edits: [
      edit(
        'apps/vault/src/sessions/create-session.ts',
        'if (!row.origins.every((origin) => known.has(origin)))',
        'if (known.size < 0)',
      ),
    ],
    attacks: [unit('apps/vault/src/sessions/sessions.test.ts')],
  },
  {
    name: 'sessions: sealed under a forged one',
    edits: [
      edit(
        'packages/crypto/src/session/session-text.ts',
        'if (answer === true) return payload;',
        'if (answer !== undefined) return payload;',
      ),
    ],
    attacks: [
      unit('packages/crypto/src/session/session.test.ts'),
      unit('apps/fields/src/controller/read-session.test.ts'),
      unit('apps/vault/src/routes/tokenize-sessions.test.ts'),
    ],
  },
  {
    name: 'keys: one gives what it has not',
    edits: [
      edit(
        'apps/vault/src/api/key-handlers.ts',
        'if (wider || longer || elsewhere || looser)',
        'if (wider)',
      ),
    ],
    attacks: [unit('apps/vault/src/api/keys.test.ts')],
  },
  {
    name: 'requests: the same name for other contents',
    edits: [
      edit(
        'apps/vault/src/api/named-request.ts',
        "if (marks?.request.equals(request) !== true)\n    throw VaultError.because('idempotency_conflict', 'name_reused');",
        '',
      ),
    ],
    attacks: [unit('apps/vault/src/api/answer-once.test.ts')],
  },
  {
    name: 'rotation: a retired data key still seals',
    edits: [
      edit(
        'apps/vault/src/db/sql/0012_claims_and_rights.sql',
        'AND k.data_key_id = data_key AND k.retired_at IS NULL)',
        'AND k.data_key_id = data_key)',
      ),
    ],
    attacks: [unit('apps/vault/src/rotation/rotation.test.ts')],
  },
  {
    name: 'rotation: whether a key is in force is asked as the statement began',
    edits: [
      edit(
        'apps/vault/src/db/sql/0012_claims_and_rights.sql',
        'LANGUAGE plpgsql VOLATILE AS',
        'LANGUAGE plpgsql STABLE AS',
      ),
    ],
    attacks: [unit('apps/vault/src/rotation/alone.test.ts')],
  },
  {
    name: 'rotation: two of the same keys at once',
    edits: [
      edit(
        'apps/vault/src/db/claim.ts',
        'if ((await sql.query(RENEW, [name, owner])).length === 0) refuse(name);',
        'await sql.query(RENEW, [name, owner]);',
      ),
    ],
    attacks: [unit('apps/vault/src/rotation/alone.test.ts')],
  },
  {
    name: 'codes: readable by who stores them',
    edits: [
      edit(
        'apps/vault/src/db/sql/0010_codes.sql',
        'GRANT SELECT (tenant, token_id, expires_at), INSERT, DELETE,',
        'GRANT SELECT, INSERT, DELETE,',
      ),
    ],
    attacks: [unit('apps/vault/src/db/isolation.test.ts')],
  },
  {
    name: 'codes: left behind by a token that goes',
    edits: [
      edit(
        'apps/vault/src/db/sql/0010_codes.sql',
        'WHERE security_codes.tenant = gone.tenant AND security_codes.token_id = gone.token_id;',
        'WHERE false;',
      ),
    ],
    attacks: [unit('apps/vault/src/codes/codes.test.ts')],
  },
  {
    name: 'codes: sealed under a key that a crash has taken',
    edits: [
      edit(
        'apps/vault/src/codes/code-key-store.ts',
        '`EXISTS (SELECT FROM code_keys WHERE code_keys.code_key_id = ${codeKey})`',
        '`${codeKey}::text IS NOT NULL`',
      ),
    ],
    attacks: [unit('apps/vault/src/codes/codes.test.ts')],
  },
  {
    name: 'grants: a token that is being deleted is shown',
    edits: [edit('apps/vault/src/grants/grant-store.ts', ' FOR KEY SHARE OF t', '')],
    attacks: [unit('apps/vault/src/grants/grant-races.test.ts')],
  },
  {
    name: 'grants: the entry of a use names no grant',
    edits: [
      edit(
        'apps/vault/src/grants/reveal-by-grant.ts',
        'actor: `${entry.actor}/${grant.grant_id}`',
        'actor: entry.actor',
      ),
    ],
    attacks: [unit('apps/vault/src/grants/grant-races.test.ts')],
  },
  {
    name: 'codes: put to a token that is over',
    edits: [
      edit(
        'apps/vault/src/codes/code-store.ts',
        'AND (expires_at IS NULL OR expires_at > $12::timestamptz)',
        'AND ($12::timestamptz IS NOT NULL)',
      ),
    ],
    attacks: [unit('apps/vault/src/codes/collect-code.test.ts')],
  },
  {
    name: 'rotation: a destroyed data key is left in the store',
    edits: [
      edit(
        'apps/vault/src/rotation/destroy-keys.ts',
        'if (stored !== undefined) tenants.destroyDataKey(tenant, stored);',
        'void stored;',
      ),
    ],
    attacks: [unit('apps/vault/src/rotation/rotation.test.ts')],
  },
  {
    name: 'keys: wrapped without their label',
    edits: [
      edit(
        'packages/crypto/src/envelope/wrapped-key.ts',
        'return lengthPrefixed([LABEL, label]);',
        "return lengthPrefixed([LABEL, label.replace(/.*/, '')]);",
      ),
    ],
    attacks: [
      unit('packages/crypto/src/envelope/wrapped-key.test.ts'),
      unit('apps/vault/src/keys/key-store.test.ts'),
    ],
  },
  {
    name: 'rotation: a fingerprint of a retired key is still stored',
    edits: [
      edit(
        'apps/vault/src/db/sql/0012_claims_and_rights.sql',
        'WHERE t.tenant = whose AND t.fingerprint_from <= fingerprint_number));',
        'WHERE t.tenant = whose));',
      ),
    ],
    attacks: [unit('apps/vault/src/rotation/rotate-fingerprints.test.ts')],
  },
  {
    name: 'rotation: a destroyed receive key lives on in memory',
    edits: [
      edit(
        'apps/vault/src/keys/receive-keys.ts',
        'if (this.#steady() - this.#scannedAt >= RESCAN_MS) this.#rescan(kid);',
        'if (!this.#known.has(kid)) this.#rescan(kid);',
      ),
    ],
    attacks: [unit('apps/vault/src/rotation/rotate-receive.test.ts')],
  },
  {
    name: 'rotation: after a compromise documents take the list before',
    edits: [edit('apps/vault/src/worker/manifest-store.ts', '<= $1 OR urgent)', '<= $1)')],
    attacks: [unit('apps/vault/src/rotation/rotate-receive.test.ts')],
  },
  {
    name: 'live: anybody’s word lets a manifest key sign',
    edits: [
      edit(
        'apps/vault/src/root/delegation-store.ts',
        'return says?.env === env ? [{ signed, says }] : [];',
        'return says ? [{ signed, says }] : [];',
      ),
    ],
    attacks: [unit('apps/vault/src/worker/manifest-signer.test.ts')],
  },
  {
    name: 'live: what is unsafe starts all the same',
    edits: [
      edit(
        'apps/vault/src/doctor/refuse-unfit.ts',
        'if (unsafe.length === 0) return;',
        'if (unsafe.length >= 0) return;',
      ),
    ],
    attacks: [unit('apps/vault/src/live.test.ts')],
  },
  {
    name: 'live: a key of the other mode is taken',
    edits: [
      edit(
        'apps/vault/src/tenants/authenticate.ts',
        "if (parsed.mode !== mode) return 'key_mode';",
        '',
      ),
    ],
    attacks: [unit('apps/vault/src/tenants/issue-key.test.ts')],
  },
  {
    name: 'limits: any key has the database asked, however often',
    edits: [edit(FAILED_KEYS, 'if (!this.#failed.take(block)) {', 'if (block === id) {')],
    attacks: [unit('apps/vault/src/tenants/backend-door.test.ts')],
  },
  {
    name: 'limits: a flood locks out the good keys of its block',
    edits: [edit(FAILED_KEYS, 'return this.#good.find(id) === undefined', 'return id !== block')],
    attacks: [unit('apps/vault/src/tenants/backend-door.test.ts')],
  },
  {
    name: 'limits: a good id lets any secret through',
    edits: [edit(FAILED_KEYS, '\\0${presented}', '\\0${presented.slice(8, 16)}')],
    attacks: [unit('apps/vault/src/tenants/backend-door.test.ts')],
  },
  {
    name: 'limits: a ticket is burnt each time it comes',
    edits: [
      edit(
        'apps/vault/src/limits/burn-limits.ts',
        '`${ticket.tenant}/${ticket.nonce}`',
        'String(Math.random())',
      ),
    ],
    attacks: [unit('apps/vault/src/routes/burn-ticket.test.ts')],
  },
  {
    name: 'webhooks: an endpoint may be where destinations may',
    edits: [
      edit(
        'apps/vault/src/assemble.ts',
        'webhookOrigins: config.egress.webhooks',
        'webhookOrigins: config.egress.allowed',
      ),
    ],
    attacks: [unit('apps/vault/src/webhooks/hostile-endpoints.test.ts')],
  },
  {
    name: 'webhooks: are sent by the door to destinations',
    edits: [
      edit(
        'apps/vault/src/assemble.ts',
        'allowed: config.egress.webhooks }',
        'allowed: config.egress.allowed }',
      ),
    ],
    attacks: [unit('apps/vault/src/webhooks/hostile-endpoints.test.ts')],
  },
  {
    name: 'bin: as much as a session says',
    edits: [
      edit(
        'packages/contract/src/boot/bin-digits.ts',
        'return binDigits < ofKey ? binDigits : ofKey;',
        'return binDigits;',
      ),
    ],
    attacks: [unit('apps/vault/src/routes/tokenize-sessions.test.ts')],
  },
];
