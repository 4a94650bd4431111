import type { AccountKey } from './config.ts';

/** Of both interfaces. */
const SAME = {
  methods: ['GET', 'POST'],
  headers: ['idempotency-key'],
  answerHeaders: ['content-type', 'gateway-double'],
  timeoutMs: 10_000,
} as const;

/**
 * What a vault is told, once, so that a merchant may send cards here: where, what may be sent, and what may stand
 * where. All else the vault refuses. The key of the account lies in the vault with it, and no request can say another.
 */
export function destinationFor(host: string, port: number, { name, key }: AccountKey) {
  return {
    record: {
      label: `Gateway double, account ${name}`,
      ...{ host, port },
      ...SAME,
      format: 'json',
      paths: ['/v1/payments', '/v1/payments/{id}/confirmations'],
      query: ['reference'],
      fields: {
        number: ['/card/number'],
        expMonth: ['/card/expiryMonth'],
        expYear4: ['/card/expiryYear'],
        cvc: ['/card/cvc'],
        name: ['/card/holderName'],
      },
      body: ['/amount/value', '/amount/currency', '/capture', '/reference', '/outcome'],
      inject: { headers: { 'x-api-key': { credential: 'apiKey' } }, body: {} },
      amount: { value: '/amount/value', currency: '/amount/currency' },
    },
    credentials: { apiKey: key },
  };
}

/** The same for the other interface, which speaks forms. */
export function formDestinationFor(host: string, port: number, { name, key }: AccountKey) {
  return {
    record: {
      label: `Gateway double, forms, account ${name}`,
      ...{ host, port },
      ...SAME,
      format: 'form',
      paths: ['/form/charges', '/form/charges/{id}/confirm'],
      fields: {
        number: ['/card/number'],
        expMonth: ['/card/exp_month'],
        expYear4: ['/card/exp_year'],
        cvc: ['/card/cvc'],
        name: ['/card/name'],
      },
      body: ['/amount', '/currency', '/capture', '/description', '/outcome'],
      inject: { headers: { authorization: { credential: 'key', prefix: 'Bearer ' } }, body: {} },
      amount: { value: '/amount', currency: '/currency' },
    },
    credentials: { key },
  };
}
