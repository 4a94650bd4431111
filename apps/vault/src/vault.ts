import type { Log } from './app/log.ts';
import type { Site } from './app/security-headers.ts';
import type { Clocks } from './clock.ts';
import type { CodeKeys } from './codes/code-keys.ts';
import type { Database } from './db/sql.ts';
import type { Egress } from './egress/send.ts';
import type { KeyStore } from './keys/key-store.ts';
import type { ReceiveKeys } from './keys/receive-keys.ts';
import type { Pricing } from './limits/pricing.ts';
import type { LimitPolicy } from './limits/rate.ts';
import type { Metrics } from './operate/metrics.ts';

/** What the roles share. Each handler takes from it only what it names. */
export type Vault = Clocks & {
  readonly mode: 'test' | 'live';
  /** Of the offline root, where there is one: in live mode. */
  readonly rootPublicKey: Uint8Array | undefined;
  readonly site: Site;
  readonly sql: Database;
  readonly keys: KeyStore;
  readonly receiveKeys: ReceiveKeys;
  readonly codeKeys: CodeKeys;
  readonly log: Log;
  readonly metrics: Metrics;
  readonly limits: LimitPolicy;
  readonly pricing: Pricing;
  /** The door to destinations. */
  readonly egress: Egress;
  /** The door to endpoints of webhooks, apart: an administrator approves destinations, and any tenant makes endpoints. */
  readonly webhookEgress: Egress;
  /** Those past its rules. */
  readonly webhookOrigins: readonly string[];
  readonly fieldsPerMinute: number;
  readonly failedKeysPerMinute: number;
  readonly ticketSeconds: number;
  /** Where this node keeps what it has seen of the audit log. */
  readonly witnessFile: string;
  readonly trustProxy: false | string[];
};
