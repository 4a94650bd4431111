import * as z from 'zod/mini';
import {
  BankAccountPlaintext,
  CardPlaintext,
  IbanPlaintext,
  TextPlaintext,
} from '../http/tokenize.ts';
import { Customer } from '../owner.ts';
import { TokenId } from '../token.ts';
import { Redaction } from './redaction.ts';
import { route } from './route.ts';
import {
  BackendToken,
  Cursor,
  Fingerprint,
  listOf,
  Metadata,
  PageSize,
  Timestamp,
} from './shapes.ts';

const ById = z.strictObject({ id: TokenId });

const owned = {
  customer: z.optional(Customer),
  metadata: z.optional(Metadata),
  /** Null keeps the token until it is deleted; a day without. */
  expiresAt: z.optional(z.nullable(Timestamp)),
} as const;

const { number, expMonth, expYear, name, postalCode } = CardPlaintext.shape;
export const CardImport = z.strictObject({
  ...{ number, expMonth, expYear, name, postalCode },
  ...owned,
});
export const IbanImport = z.strictObject({ ...IbanPlaintext.shape, ...owned });
export const BankAccountImport = z.strictObject({ ...BankAccountPlaintext.shape, ...owned });
export const TextImport = z.strictObject({ ...TextPlaintext.shape, ...owned });

export const importToken = route({
  id: 'importToken',
  method: 'POST',
  path: '/v1/tokens',
  summary: 'Import a card, an account or a text',
  about:
    'For a backend that holds cards already, and is itself in PCI scope: a card, an `iban`, an account with its `routingNumber`, or a `text` under a `policy` of the vault. It stands in the body in clear, inside TLS; a security code is not taken. A customer or metadata in which a number of a known brand could stand is refused, and `field` says which: 12 digits in a row are enough, whatever signs stand between them, and an order number may make one by chance. A letter among its digits keeps it clear of that.',
  scope: 'tokens:write',
  body: z.union([CardImport, IbanImport, BankAccountImport, TextImport]),
  answer: BackendToken,
  status: 201,
  idempotent: true,
  errors: [
    'invalid_number',
    'invalid_expiry',
    'expired_card',
    'invalid_name',
    'invalid_postal_code',
    'invalid_iban',
    'invalid_routing_number',
    'invalid_text',
  ],
});

export const getToken = route({
  id: 'getToken',
  method: 'GET',
  path: '/v1/tokens/{id}',
  summary: 'Get a token',
  about: 'What may be known of a card without seeing it.',
  scope: 'tokens:read',
  params: ById,
  answer: BackendToken,
  status: 200,
  errors: ['not_found'],
});

export const listTokens = route({
  id: 'listTokens',
  method: 'GET',
  path: '/v1/tokens',
  summary: 'List tokens of a card or a customer',
  about: 'By `fingerprint` or by `customer`, exactly one of them; newest first.',
  scope: 'tokens:read',
  query: z.strictObject({
    fingerprint: z.optional(Fingerprint),
    customer: z.optional(Customer),
    cursor: z.optional(Cursor),
    /** 1 to 100; 20 without. */
    limit: z.optional(PageSize),
  }),
  answer: listOf(BackendToken),
  status: 200,
  errors: [],
});

export const updateToken = route({
  id: 'updateToken',
  method: 'PATCH',
  path: '/v1/tokens/{id}',
  summary: 'Change a token',
  about:
    'What is left out stays. Clear `expiresAt` with null to keep the token. Texts are refused as in an import.',
  scope: 'tokens:write',
  params: ById,
  body: z
    .strictObject({
      expiresAt: z.optional(z.nullable(Timestamp)),
      customer: z.optional(z.nullable(Customer)),
      /** Replaces all there was. */
      metadata: z.optional(Metadata),
    })
    .check(z.refine((change) => Object.keys(change).length > 0)),
  answer: BackendToken,
  status: 200,
  errors: ['not_found'],
});

export const deleteToken = route({
  id: 'deleteToken',
  method: 'DELETE',
  path: '/v1/tokens/{id}',
  summary: 'Delete a token',
  about:
    'Token, card and security code are gone at once; the card from backups when the data key of its time is destroyed: with a monthly rotation, at most two months later.',
  scope: 'tokens:delete',
  params: ById,
  status: 204,
  errors: ['not_found'],
});

const of = { id: TokenId, redaction: Redaction } as const;
/** `plain` all of it, `masked` the first and last signs, `last4` those alone. */
const partly = (signs: string) => z.string().check(z.regex(new RegExp(`^[${signs}*]{4,34}$`)));

/** As much as was asked for of what a token stands for. */
const Revealed = z.discriminatedUnion('object', [
  z.strictObject({
    ...of,
    object: z.literal('revealed_card'),
    number: partly('0-9'),
    expMonth: CardPlaintext.shape.expMonth,
    expYear: CardPlaintext.shape.expYear,
    /** With `plain` only. */
    name: CardPlaintext.shape.name,
    /** With `plain` only. */
    postalCode: CardPlaintext.shape.postalCode,
  }),
  z.strictObject({ ...of, object: z.literal('revealed_iban'), iban: partly('0-9A-Z') }),
  z.strictObject({
    ...of,
    object: z.literal('revealed_bank_account'),
    routingNumber: BankAccountPlaintext.shape.routingNumber,
    accountNumber: partly('0-9'),
  }),
  z.strictObject({
    ...of,
    object: z.literal('revealed_text'),
    policy: TextPlaintext.shape.policy,
    /** Stars but with `plain`. */
    text: TextPlaintext.shape.text,
  }),
]);

export const revealToken = route({
  id: 'revealToken',
  method: 'POST',
  path: '/v1/tokens/{id}/reveal',
  summary: 'Reveal what a token stands for',
  about:
    'Puts whoever asks into PCI scope, so no key may unless its scopes name it. Each use leaves an audit entry before the answer.',
  scope: 'tokens:reveal',
  params: ById,
  body: z.strictObject({ redaction: Redaction }),
  answer: Revealed,
  status: 200,
  errors: ['not_found'],
});

export const eraseCustomer = route({
  id: 'eraseCustomer',
  method: 'DELETE',
  path: '/v1/customers/{customer}',
  summary: 'Erase a customer',
  about:
    'Deletes every token of a customer, as for a request under data protection law, up to 10,000 a request. Repeat it until `complete`.',
  scope: 'tokens:delete',
  params: z.strictObject({ customer: Customer }),
  answer: z.strictObject({
    object: z.literal('erased_customer'),
    customer: Customer,
    /** How many tokens this request has deleted. */
    tokens: z.int().check(z.minimum(0)),
    /** False when there may be more: repeat the request. */
    complete: z.boolean(),
  }),
  status: 200,
  errors: [],
});
