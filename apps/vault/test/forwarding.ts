import { randomUUID } from 'node:crypto';
import type { DestinationRecord } from '@hushfield/contract/api';
import { ask, keyOf } from './backend.ts';
import type { EngineName } from './engines.ts';
import { CREDENTIALS, type Gateway, recordOf, startGateway } from './gateway.ts';
import { GOOD, tokenize } from './sealed-request.ts';
import { type TestVault, testVault } from './test-vault.ts';

/** A vault, a gateway that it may send cards to, and a key that may send them. */
export type Forwarding = {
  readonly it: TestVault;
  readonly gateway: Gateway;
  readonly key: string;
  readonly destination: string;
  /** A card with a security code, typed in a page. */
  card(): Promise<string>;
  approve(record?: Partial<DestinationRecord>, credentials?: object): Promise<string>;
  forward(body: object, own?: { name?: string; key?: string }): ReturnType<typeof ask>;
  close(): Promise<void>;
};

export const SCOPES = ['forward', 'destinations:manage', 'grants:write', 'tokens:reveal'] as const;

export async function forwarding(engine: EngineName = 'embedded'): Promise<Forwarding> {
  const gateway = await startGateway();
  const it = await testVault({ engine, environment: gateway.environment });
  const key = await keyOf(it, { scopes: [...SCOPES] });
  const approve = async (
    own: Partial<DestinationRecord> = {},
    credentials: object = CREDENTIALS,
  ) => {
    const body = { record: recordOf(gateway.port, own), credentials };
    const made = await ask(it, key, 'POST', '/v1/destinations', { body });
    if (made.status !== 201) throw new Error(`${made.status} ${made.raw.body}`);
    return made.body.id;
  };
  return {
    ...{ it, gateway, key, approve },
    destination: await approve(),
    async card() {
      const made = await tokenize(it, { card: GOOD });
      if (!made.ok) throw new Error(made.error.code);
      return made.token.id;
    },
    forward: (body, { name = randomUUID(), key: own = key } = {}) =>
      ask(it, own, 'POST', '/v1/forward', { body, headers: { 'idempotency-key': name } }),
    async close() {
      await it.close();
      await gateway.close();
    },
  };
}

/** All that a card can be sent as. */
export const whole = (token: string) => ({
  card: {
    number: `{{ ${token}.number }}`,
    exp_month: `{{ ${token}.expMonth }}`,
    exp_year: `{{${token}.expYear4}}`,
    cvc: `{{ ${token}.cvc }}`,
  },
});
