import * as z from 'zod/mini';
import { route } from './route.ts';
import { Cursor, listOf, PageSize } from './shapes.ts';

/** Behind a second line a number, in entries of before. */
const EntryId = z.string().check(z.regex(/^aud_[0-9A-Za-z]{22}(?:_\d{1,3})?$/));
const Index = z.int().check(z.minimum(0));
const Hash = z.string().check(z.regex(/^[A-Za-z0-9+/]{43}=$/));
const Checkpoint = z.string().check(z.maxLength(4_096));
/** What stands in a URL is text. */
const Size = z.pipe(
  z.string().check(z.regex(/^(?:0|[1-9]\d{0,14})$/)),
  z.transform((text: string) => Number(text)),
);

/** Who did what to what, when, from where, and how it ended (PCI DSS 10.2.2). */
export const AuditEntry = z.strictObject({
  id: EntryId,
  object: z.literal('audit_entry'),
  /** Its place in the one log of the deployment, so that numbers of others lie between yours. */
  index: Index,
  /** To the microsecond. */
  at: z.string().check(z.regex(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/)),
  /** `key:<id>` of an API key, with the session behind a slash; `worker` or `operator`. */
  actor: z.string(),
  action: z.string(),
  resource: z.string(),
  /** `ok`, the code of a refusal, or how much was shown. */
  outcome: z.string(),
  /** Of the page, where one had to do with it; else the address that a backend's request came from. */
  origin: z.nullable(z.string()),
  requestId: z.nullable(z.string()),
});
export type AuditEntry = z.infer<typeof AuditEntry>;

export const listAuditEntries = route({
  id: 'listAuditEntries',
  method: 'GET',
  path: '/v1/audit',
  summary: 'List audit entries',
  about:
    'Newest first: what was done with your cards, keys and sessions, and by whom. An entry is here within a second of the act. By `resource` all that was done to one thing: a token, a key, a session.',
  scope: 'audit:read',
  query: z.strictObject({
    resource: z.optional(z.string().check(z.regex(/^[\w:./-]{1,300}$/))),
    cursor: z.optional(Cursor),
    /** 1 to 100; 20 without. */
    limit: z.optional(PageSize),
  }),
  answer: listOf(AuditEntry),
  status: 200,
  errors: [],
});

export const proveAuditEntry = route({
  id: 'proveAuditEntry',
  method: 'GET',
  path: '/v1/audit/{id}/proof',
  summary: 'Prove an audit entry',
  about:
    'That the entry stands in the log, by an audit path of RFC 6962 and a signed checkpoint (C2SP). Hash `leaf` with a zero byte in front, fold `path` into it, and hold the result against the root in `checkpoint`, whose signature the operator’s key verifies. 503 for the minute until a checkpoint covers a new entry.',
  scope: 'audit:read',
  params: z.strictObject({ id: EntryId }),
  answer: z.strictObject({
    object: z.literal('audit_proof'),
    entry: AuditEntry,
    /** The bytes that were hashed, as text. */
    leaf: z.string(),
    /** How many entries the log of the checkpoint has. */
    treeSize: Index,
    /** Hashes in base64, innermost first. */
    path: z.array(Hash),
    checkpoint: Checkpoint,
  }),
  status: 200,
  errors: ['not_found'],
});

export const getAuditCheckpoint = route({
  id: 'getAuditCheckpoint',
  method: 'GET',
  path: '/v1/audit/checkpoint',
  summary: 'Get the newest checkpoint',
  about:
    'Keep it: whoever has it notices when the log is changed before it. With `from`, the size of one that you kept, `path` proves that the log of the newest goes on from yours (RFC 6962 §2.1.2).',
  scope: 'audit:read',
  query: z.strictObject({ from: z.optional(Size) }),
  answer: z.strictObject({
    object: z.literal('audit_checkpoint'),
    treeSize: Index,
    checkpoint: Checkpoint,
    /** Hashes in base64, innermost first. */
    path: z.array(Hash),
  }),
  status: 200,
  errors: ['not_found'],
});
