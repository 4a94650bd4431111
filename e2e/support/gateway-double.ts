import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { request } from 'node:https';
import { join } from 'node:path';
import { ServerProcess } from './server-process.ts';

/** Of its port, above the base that others count from too. */
export const GATEWAY_OFFSET = 5;

export type Charged = {
  readonly id: string;
  readonly state: string;
  readonly amount: { readonly value: number; readonly currency: string };
  readonly card: { readonly last4: string; readonly cvcGiven: boolean };
  readonly reference: string | null;
};
/** What the double has done for the shop, and what it was asked for. */
export type Statement = {
  readonly data: readonly Charged[];
  readonly requests: Readonly<Record<string, number>>;
};

type Approvable = { readonly record: object; readonly credentials: object };

/** The double of a gateway as a process of its own, and its account of the shop's. */
export class GatewayDouble {
  readonly process: ServerProcess;
  readonly origin: string;
  readonly #key = randomBytes(24).toString('base64url');
  readonly #caFile: string;
  readonly #destinationFile: string;
  readonly #formDestinationFile: string;
  readonly #shopPort: number;

  constructor(portBase: number, dataDir: string) {
    this.origin = `https://localhost:${portBase + GATEWAY_OFFSET}`;
    this.#caFile = join(dataDir, 'gateway-ca.pem');
    this.#destinationFile = join(dataDir, 'gateway-destination.json');
    this.#formDestinationFile = join(dataDir, 'gateway-form-destination.json');
    this.#shopPort = portBase;
    this.process = new ServerProcess('apps/gateway-double/src/main.ts', {
      PORT_BASE: String(portBase),
      GATEWAY_CA_FILE: this.#caFile,
      GATEWAY_DESTINATION_FILE: this.#destinationFile,
      GATEWAY_FORM_DESTINATION_FILE: this.#formDestinationFile,
      GATEWAY_ACCOUNTS: `shop:${this.#key}`,
    });
  }

  /** What the vault must be told to reach it, and the shop's door for webhooks. */
  get forVault(): Record<string, string> {
    return {
      DEVELOPMENT_DESTINATION_FILE: this.#destinationFile,
      EGRESS_CA_FILE: this.#caFile,
      EGRESS_ALLOWED_ORIGINS: this.origin,
      EGRESS_WEBHOOK_ORIGINS: `http://localhost:${this.#shopPort}`,
    };
  }

  /** What an administrator would approve for it: record and credentials. */
  get destination(): Approvable {
    return JSON.parse(readFileSync(this.#destinationFile, 'utf8'));
  }

  /** The same for its interface that speaks forms. */
  get formDestination(): Approvable {
    return JSON.parse(readFileSync(this.#formDestinationFile, 'utf8'));
  }

  start(): Promise<void> {
    return this.process.start(/^gateway double ready /m);
  }

  /** As the account's owner reads it. */
  statement(): Promise<Statement> {
    const ca = readFileSync(this.#caFile);
    const headers = { 'x-api-key': this.#key };
    return new Promise((resolve, reject) => {
      const url = `${this.origin}/v1/payments`;
      const sent = request(url, { ca, headers, agent: false }, (response) => {
        let text = '';
        response.setEncoding('utf8').on('data', (part: string) => (text += part));
        response.on('end', () => resolve(JSON.parse(text)));
      });
      sent.on('error', reject).end();
    });
  }
}
