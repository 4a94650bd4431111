import { resolve } from 'node:path';
import * as z from 'zod';

/** `name:key`, any number of them, by commas. */
const Accounts = z
  .string()
  .regex(/^[\w-]{1,40}:[\w-]{20,100}(,[\w-]{1,40}:[\w-]{20,100})*$/, {
    error: 'must be name:key pairs with keys of 20 characters or more, by commas',
  })
  .transform((text) =>
    text.split(',').map((pair) => {
      const [name = '', key = ''] = pair.split(':');
      return { name, key };
    }),
  );

const Environment = z.object({
  GATEWAY_HOST: z.string().min(1).default('localhost'),
  GATEWAY_PORT: z.coerce.number().int().min(0).max(65_535).optional(),
  PORT_BASE: z.coerce.number().int().min(1).max(65_530).default(4400),
  GATEWAY_CA_FILE: z.string({ error: 'is required' }).min(1),
  GATEWAY_ACCOUNTS: Accounts,
  GATEWAY_DESTINATION_FILE: z.string().min(1).optional(),
  GATEWAY_FORM_DESTINATION_FILE: z.string().min(1).optional(),
});

/** Who may charge, and with what key. */
export type AccountKey = { readonly name: string; readonly key: string };

export type Config = {
  readonly host: string;
  readonly port: number;
  /** Where the certificate of the double's authority is written to. */
  readonly caFile: string;
  readonly accounts: readonly AccountKey[];
  /** Where it writes how a vault is told of the first of them. */
  readonly destinationFile: string | undefined;
  /** The same for the interface that speaks forms. */
  readonly formDestinationFile: string | undefined;
};

/** @throws Error naming the variables that are wrong, never their values. */
export function readConfig(environment: Readonly<Record<string, string | undefined>>): Config {
  const parsed = Environment.safeParse(environment);
  if (!parsed.success) {
    const wrong = parsed.error.issues.map((issue) => `${issue.path.join('.')} ${issue.message}`);
    throw new Error(`The configuration is not valid: ${wrong.join('; ')}.`);
  }
  const env = parsed.data;
  return {
    host: env.GATEWAY_HOST,
    port: env.GATEWAY_PORT ?? env.PORT_BASE + 5,
    caFile: resolve(env.GATEWAY_CA_FILE),
    accounts: env.GATEWAY_ACCOUNTS,
    destinationFile: env.GATEWAY_DESTINATION_FILE,
    formDestinationFile: env.GATEWAY_FORM_DESTINATION_FILE,
  };
}
