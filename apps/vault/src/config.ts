import { hostname } from 'node:os';
import { join, resolve } from 'node:path';
import * as z from 'zod';
import type { Pkcs11Place } from './keys/kek/pkcs11-calls.ts';
import { type LimitPolicy, Rate } from './limits/rate.ts';

const VAULT = resolve(import.meta.dirname, '..');

const OriginText = z
  .url({ protocol: /^https?$/ })
  .refine((text) => URL.canParse(text) && new URL(text).origin === text, {
    error: 'must be an origin: scheme, host and port, without a path or a final slash',
  });
/** Exact origins with commas between. */
const Origins = z
  .string()
  .default('')
  .transform((text) =>
    text
      .split(',')
      .map((origin) => origin.trim())
      .filter((origin) => origin !== ''),
  )
  .pipe(z.array(OriginText));
const Port = z.coerce.number().int().min(1).max(65_530);
const Level = z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'silent']);

const Environment = z.object({
  HUSHFIELD_DATA_DIR: z.string({ error: 'is required' }).min(1),
  DATABASE_URL: z.url({ protocol: /^postgres(ql)?$/ }).optional(),
  KEY_STORE_DIR: z.string().min(1).optional(),
  AUDIT_WITNESS_FILE: z.string().min(1).optional(),
  KEK: z.enum(['directory', 'pkcs11']).default('directory'),
  PKCS11_MODULE: z.string().min(1).optional(),
  PKCS11_TOKEN: z.string().min(1).optional(),
  PKCS11_PIN_FILE: z.string().min(1).optional(),
  PORT_BASE: Port.default(4400),
  NODE_NAME: z
    .string()
    .regex(/^[\w.-]{1,50}$/, { error: 'must be up to 50 letters, digits, dots and hyphens' })
    .optional(),
  CREDENTIALS_DIRECTORY: z.string().min(1).optional(),
  HOST: z.string().min(1).default('127.0.0.1'),
  OPERATE_HOST: z.string().min(1).default('127.0.0.1'),
  OPERATE_NAMES: z
    .string()
    .default('')
    .transform((text) =>
      text
        .toLowerCase()
        .split(',')
        .filter((name) => name !== ''),
    ),
  OPERATE_PORT: z.coerce.number().int().min(1).max(65_535).optional(),
  DRAIN_SECONDS: z.coerce.number().int().min(0).max(300).optional(),
  HUSHFIELD_COMMIT: z
    .string()
    .regex(/^[0-9a-f]{7,64}$/, { error: 'must be the id of a commit' })
    .optional(),
  FIELDS_ORIGIN: OriginText.optional(),
  API_ORIGIN: OriginText.optional(),
  SHOP_ORIGIN: OriginText.optional(),
  EGRESS_ALLOWED_ORIGINS: Origins,
  EGRESS_WEBHOOK_ORIGINS: Origins,
  EGRESS_CA_FILE: z.string().min(1).optional(),
  DEVELOPMENT_DESTINATION_FILE: z.string().min(1).optional(),
  FIELDS_DIST: z.string().min(1).default(resolve(VAULT, '../fields/dist')),
  SDK_DIST: z.string().min(1).default(resolve(VAULT, '../../packages/sdk/dist')),
  FONTS_DIR: z.string().min(1).optional(),
  BRAND_ICONS_DIR: z.string().min(1).optional(),
  LOG_LEVEL: Level.default('info'),
  MODE: z.enum(['test', 'live'], { error: 'must be "test" or "live"' }).default('test'),
  ROOT_PUBLIC_KEY: z
    .string()
    .regex(/^[\w-]{43}$/, { error: 'must be the public key that `hushfield root create` printed' })
    .optional(),
  TICKETS_PER_MINUTE: z.coerce.number().int().min(1).default(600),
  FIELDS_PER_MINUTE: z.coerce.number().int().min(1).default(6_000),
  LIMIT_TICKETS_PER_KEY: Rate.prefault('20000/h'),
  LIMIT_TOKENIZE_PER_ADDRESS: Rate.prefault('600/h'),
  LIMIT_TOKENIZE_PER_BIN: Rate.prefault('600/h'),
  LIMIT_TOKENIZE_PER_KEY: Rate.prefault('6000/h'),
  LIMIT_BURNS_PER_ADDRESS: Rate.prefault('600/h'),
  FAILED_KEYS_PER_MINUTE: z.coerce.number().int().min(1).default(120),
  TICKET_SECONDS: z.coerce.number().int().min(10).max(1_800).default(1_800),
  TRUST_PROXY: z.string().min(1).optional(),
});

/** Everything an operator may set, parsed once; nothing else reads the environment. */
export type Config = {
  /** Test takes test cards alone, live takes none; a database is of one of them for good. */
  readonly mode: 'test' | 'live';
  /** Of the offline root, in live mode: no manifest counts but under its word. */
  readonly rootPublicKey: Uint8Array | undefined;
  readonly dataDir: string;
  readonly databaseUrl: string | undefined;
  /** Where wrapped keys lie: apart from the database, and from its backups. */
  readonly keyStoreDir: string;
  /** Where a worker keeps what it has seen of the audit log: off the database, on a disk of its own. */
  readonly witnessFile: string;
  /** What wraps them. */
  readonly kek: { readonly kind: 'directory' } | ({ readonly kind: 'pkcs11' } & Pkcs11Place);
  /** The machine that this process is on, for whoever counts them. */
  readonly nodeName: string;
  /** Where the service manager has put secrets for this process alone, if it has. */
  readonly credentialsDir: string | undefined;
  readonly host: string;
  readonly fieldsPort: number;
  readonly apiPort: number;
  /** Where the private listener is: health, readiness, metrics. */
  readonly operate: {
    readonly host: string;
    readonly port: number;
    /** By which it may be asked, beside its address. */
    readonly names: readonly string[];
  };
  /** How long a process that is to end goes on serving, so that whoever sends it requests can turn away. */
  readonly drainMs: number;
  /** What was built, where whoever built it has said so. */
  readonly commit: string | undefined;
  readonly fieldsOrigin: string;
  readonly apiOrigin: string;
  readonly shopOrigin: string;
  /** How this process calls other hosts. */
  readonly egress: {
    /** Origins of destinations past the rules for addresses: a gateway within, or a double of one. */
    readonly allowed: readonly string[];
    /** The same for endpoints of webhooks, which any tenant may name: with whatever path, and it reads the status. */
    readonly webhooks: readonly string[];
    /** Roots beside those of the machine, in PEM. */
    readonly caFile: string | undefined;
  };
  /** Of the development merchant: where it may send cards, with the credentials for it. */
  readonly destinationFile: string | undefined;
  readonly fieldsDist: string;
  readonly sdkDist: string;
  /** Of fonts that pages may name, with their list. */
  readonly fontsDir: string | undefined;
  /** Of pictures that stand for networks. */
  readonly brandIconsDir: string | undefined;
  readonly logLevel: z.infer<typeof Level>;
  readonly limits: LimitPolicy;
  /** Field documents that one block of addresses may load in a minute, of each process. */
  readonly fieldsPerMinute: number;
  /** Secret and restricted keys that are none, which a process looks up for one block of addresses in a minute. */
  readonly failedKeysPerMinute: number;
  /** How long a frame's ticket holds. */
  readonly ticketSeconds: number;
  /** Addresses or CIDR blocks of proxies whose `X-Forwarded-For` is believed; none by default. */
  readonly trustProxy: false | string[];
};

/** A start that cannot succeed; the message is one plain sentence for the operator. */
export class StartError extends Error {
  override readonly name = 'StartError';
}

/**
 * Reads the environment. Messages name the variable and the rule, never the value: a database URL
 * holds a password.
 *
 * @throws StartError naming every variable that is wrong.
 */
export function readConfig(environment: Readonly<Record<string, string | undefined>>): Config {
  const parsed = Environment.safeParse(environment);
  if (!parsed.success) {
    const wrong = parsed.error.issues.map((issue) => `${issue.path.join('.')} ${issue.message}`);
    throw new StartError(`The configuration is not valid: ${wrong.join('; ')}.`);
  }
  const env = parsed.data;
  const local = (offset: number) => `http://127.0.0.1:${env.PORT_BASE + offset}`;
  return {
    mode: env.MODE,
    rootPublicKey: bytesOf(env.ROOT_PUBLIC_KEY),
    dataDir: resolve(env.HUSHFIELD_DATA_DIR),
    databaseUrl: env.DATABASE_URL,
    keyStoreDir: resolve(env.KEY_STORE_DIR ?? join(env.HUSHFIELD_DATA_DIR, 'keys')),
    witnessFile: resolve(
      env.AUDIT_WITNESS_FILE ?? join(env.HUSHFIELD_DATA_DIR, 'audit-witness.jsonl'),
    ),
    kek: kekOf(env),
    nodeName:
      env.NODE_NAME ??
      hostname()
        .replace(/[^\w.-]/g, '-')
        .slice(0, 50),
    credentialsDir: env.CREDENTIALS_DIRECTORY,
    host: env.HOST,
    fieldsPort: env.PORT_BASE + 1,
    apiPort: env.PORT_BASE + 2,
    operate: {
      host: env.OPERATE_HOST,
      port: env.OPERATE_PORT ?? env.PORT_BASE + 4,
      names: ['localhost', env.OPERATE_HOST.toLowerCase(), ...env.OPERATE_NAMES],
    },
    drainMs: 1_000 * (env.DRAIN_SECONDS ?? (env.MODE === 'live' ? 10 : 0)),
    commit: env.HUSHFIELD_COMMIT,
    fieldsOrigin: env.FIELDS_ORIGIN ?? local(1),
    apiOrigin: env.API_ORIGIN ?? local(2),
    shopOrigin: env.SHOP_ORIGIN ?? `http://localhost:${env.PORT_BASE}`,
    egress: egressOf(env),
    destinationFile: env.DEVELOPMENT_DESTINATION_FILE,
    fieldsDist: resolve(env.FIELDS_DIST),
    sdkDist: resolve(env.SDK_DIST),
    fontsDir: env.FONTS_DIR === undefined ? undefined : resolve(env.FONTS_DIR),
    brandIconsDir: env.BRAND_ICONS_DIR === undefined ? undefined : resolve(env.BRAND_ICONS_DIR),
    logLevel: env.LOG_LEVEL,
    limits: {
      ticketsPerAddress: { limit: env.TICKETS_PER_MINUTE, windowMs: 60_000 },
      ticketsPerKey: env.LIMIT_TICKETS_PER_KEY,
      tokenizePerAddress: env.LIMIT_TOKENIZE_PER_ADDRESS,
      tokenizePerBin: env.LIMIT_TOKENIZE_PER_BIN,
      tokenizePerKey: env.LIMIT_TOKENIZE_PER_KEY,
      burnsPerAddress: env.LIMIT_BURNS_PER_ADDRESS,
    },
    fieldsPerMinute: env.FIELDS_PER_MINUTE,
    failedKeysPerMinute: env.FAILED_KEYS_PER_MINUTE,
    ticketSeconds: env.TICKET_SECONDS,
    trustProxy: env.TRUST_PROXY?.split(',').map((address) => address.trim()) ?? false,
  };
}

function bytesOf(text: string | undefined): Uint8Array | undefined {
  return text === undefined ? undefined : Uint8Array.from(Buffer.from(text, 'base64url'));
}

function egressOf(env: z.infer<typeof Environment>): Config['egress'] {
  const caFile = env.EGRESS_CA_FILE;
  return {
    allowed: letThrough(env, 'EGRESS_ALLOWED_ORIGINS'),
    webhooks: letThrough(env, 'EGRESS_WEBHOOK_ORIGINS'),
    caFile: caFile === undefined ? undefined : resolve(caFile),
  };
}

function letThrough(
  env: z.infer<typeof Environment>,
  name: 'EGRESS_ALLOWED_ORIGINS' | 'EGRESS_WEBHOOK_ORIGINS',
): readonly string[] {
  if (env.MODE === 'live' && env[name].some((origin) => origin.startsWith('http:'))) {
    throw new StartError(`The configuration is not valid: ${name} must be of https: in live mode.`);
  }
  return env[name];
}

function kekOf(env: z.infer<typeof Environment>): Config['kek'] {
  if (env.KEK === 'directory') return { kind: 'directory' };
  const { PKCS11_MODULE: module, PKCS11_TOKEN: token, PKCS11_PIN_FILE: pinFile } = env;
  if (module === undefined || token === undefined || pinFile === undefined) {
    throw new StartError(
      'The configuration is not valid: KEK=pkcs11 needs PKCS11_MODULE, PKCS11_TOKEN and PKCS11_PIN_FILE.',
    );
  }
  return { kind: 'pkcs11', module: resolve(module), token, pinFile: resolve(pinFile) };
}
