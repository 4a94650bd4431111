import * as z from 'zod';
import { StartError } from '../../config.ts';
import { createEgress } from '../../egress/send.ts';
import { listen, ListenError, listenSecret } from '../../webhooks/listen.ts';
import { publicKeyText, secretText } from '../../webhooks/webhook-secret.ts';
import { type Command, type Desk, UsageError } from '../command.ts';
import { readPaper } from '../papers.ts';

const EVERY_MS = 1_000;
const LOCAL = /^(?:localhost|127\.0\.0\.1|\[::1\])$/;
const KEY = /^[sr]k_test_[0-9A-Za-z]{46}$/;

const Url = z
  .string()
  .refine((text) => URL.canParse(text), 'is no URL')
  .transform((text) => new URL(text));
const Asked = z.strictObject({
  'forward-to': Url.refine(
    ({ protocol, hostname }) => protocol === 'http:' && LOCAL.test(hostname),
    'is not on this machine: http://localhost:…',
  ),
  api: Url.refine(({ origin, href }) => href === `${origin}/`, 'is no origin').prefault(
    'http://127.0.0.1:4402',
  ),
  'key-file': z.string().optional(),
});

export const listenCommand: Command = {
  name: 'listen',
  summary: 'tell a port of this machine of events, while you write its receiver',
  about: `Asks the vault for events with a test key that has events:read, from HUSHFIELD_SECRET_KEY or
--key-file, and sends each to your port as the vault would: the same body, headers and signatures. Verify
with the secret that it prints, which is the same at each start with one key. Nothing is sent twice. Ends on Ctrl-C.`,
  example: 'hushfield listen --forward-to http://localhost:3000/hook',
  options: {
    'forward-to': { type: 'string', value: 'url', says: 'your receiver, on this machine' },
    api: { type: 'string', value: 'origin', says: 'of the vault; http://127.0.0.1:4402 without' },
    'key-file': { type: 'string', value: 'file', says: 'whose first line is the key' },
  },
  async run(desk, given) {
    const { api, 'forward-to': forwardTo, 'key-file': file } = Asked.parse(given);
    const key = keyOf(desk, file);
    const secret = listenSecret(key);
    desk.progress(`secret      ${secretText(secret)}\npublic key  ${publicKeyText(secret)}`);
    desk.progress(`telling ${forwardTo.href} of what happens at ${api.origin}`);
    const ending = new AbortController();
    const end = () => ending.abort();
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, end);
    const egress = createEgress({ allowed: [api.origin, forwardTo.origin] });
    let told = 0;
    const say = (line: string) => {
      told += line.includes(' evt_') ? 1 : 0;
      desk.progress(line);
    };
    const { now } = desk;
    const { signal } = ending;
    const listening = { egress, api: api.origin, key, forwardTo, now, say, signal };
    try {
      await listen({ ...listening, everyMs: EVERY_MS });
    } catch (error) {
      if (error instanceof ListenError)
        throw new StartError(`The vault does not let this key listen: ${error.message}.`);
      throw error;
    } finally {
      egress.close();
      for (const each of ['SIGINT', 'SIGTERM'] as const) process.off(each, end);
    }
    return { text: `${told} told.`, data: { told } };
  },
};

/** Never an argument: those stand in every list of processes. */
function keyOf({ environment }: Desk, file: string | undefined): string {
  const text = file === undefined ? environment['HUSHFIELD_SECRET_KEY'] : readPaper(file);
  const [line = ''] = (text ?? '').split(/\r?\n/);
  if (KEY.test(line)) return line;
  throw new UsageError(
    'Put a secret or restricted test key into HUSHFIELD_SECRET_KEY, or into a file for --key-file.',
  );
}
