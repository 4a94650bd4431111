import * as z from 'zod';

const OriginText = z.url({ protocol: /^https?$/ }).refine((text) => new URL(text).origin === text);

const Environment = z.object({
  PORT_BASE: z.coerce.number().int().min(1).max(65_530).default(4400),
  HOST: z.string().min(1).default('127.0.0.1'),
  SHOP_ORIGIN: OriginText.optional(),
  FIELDS_ORIGIN: OriginText.optional(),
  API_ORIGIN: OriginText.optional(),
  HUSHFIELD_DATA_DIR: z.string().min(1).optional(),
});

/** Where the shop listens and where its vault is. */
export type Config = {
  readonly port: number;
  readonly host: string;
  readonly shopOrigin: string;
  readonly fieldsOrigin: string;
  readonly apiOrigin: string;
  readonly dataDir: string | undefined;
};

/** @throws Error naming the variables that are wrong, never their values. */
export function readConfig(environment: Readonly<Record<string, string | undefined>>): Config {
  const parsed = Environment.safeParse(environment);
  if (!parsed.success) {
    const wrong = parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`);
    throw new Error(`The configuration is not valid: ${wrong.join('; ')}.`);
  }
  const env = parsed.data;
  return {
    port: env.PORT_BASE,
    host: env.HOST,
    shopOrigin: env.SHOP_ORIGIN ?? `http://localhost:${env.PORT_BASE}`,
    fieldsOrigin: env.FIELDS_ORIGIN ?? `http://127.0.0.1:${env.PORT_BASE + 1}`,
    apiOrigin: env.API_ORIGIN ?? `http://127.0.0.1:${env.PORT_BASE + 2}`,
    dataDir: env.HUSHFIELD_DATA_DIR,
  };
}
