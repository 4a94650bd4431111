import { expect, test } from 'vitest';
import { createApp } from './create-app.ts';
import { createLog } from './log.ts';
import { parseAddress } from './caller-address.ts';
import { apiRole } from './role-answers.ts';

const SITE = { fieldsOrigin: 'http://127.0.0.1:4401', apiOrigin: 'http://127.0.0.1:4402' };

test.each([
  ['192.0.2.77', '192.0.2.77'],
  ['::ffff:192.0.2.77', '192.0.2.77'],
  ['2001:db8::1', '2001:db8::1'],
  ['fe80::1%eth0', 'fe80::1'],
  ['192.0.2.1:1234', undefined],
  ['[2001:db8::1]:443', undefined],
  ['[2001:db8::1]', undefined],
  ['192.0.2', undefined],
  ['0192.0.2.1', undefined],
  ['unknown', undefined],
  ['', undefined],
])('reads %j as %j', (text, address) => {
  expect(parseAddress(text)).toBe(address);
});

/** An application behind a proxy, and what it takes a request to come from. */
async function behind(trustProxy: false | string[]) {
  const lines: string[] = [];
  const log = createLog('warn', (line) => lines.push(line));
  const app = createApp({ role: apiRole(SITE), log, trustProxy });
  app.get('/who', async ({ caller }) => ({ caller }));
  const who = async (forwarded: string) => {
    const headers = { 'x-forwarded-for': forwarded };
    return (await app.inject({ url: '/who', headers })).json().caller;
  };
  return { who, lines, close: () => app.close() };
}

test.each([
  ['one shopper', '192.0.2.1', '192.0.2.1'],
  ['what a shopper put in front', '1.2.3.4, 192.0.2.1', '192.0.2.1'],
  ['two proxies of ours', '192.0.2.1, 10.0.0.7', '192.0.2.1'],
  ['a port', '192.0.2.1:1234', '127.0.0.1'],
  ['a port at another proxy of ours', '192.0.2.1:1234, 10.0.0.7', '10.0.0.7'],
  ['a name', 'unknown', '127.0.0.1'],
  ['brackets', '[2001:db8::1]', '127.0.0.1'],
])('attacks: takes %s in X-Forwarded-For for %s', async (_name, forwarded, caller) => {
  const { who, close } = await behind(['127.0.0.1', '10.0.0.0/8']);
  expect(await who(forwarded)).toBe(caller);
  await close();
});

test('gives no port a limit of its own, and says so once, without what was written', async () => {
  const { who, lines, close } = await behind(['127.0.0.1']);
  const callers = new Set<string>();
  for (let port = 1_000; port < 1_010; port += 1) callers.add(await who(`192.0.2.1:${port}`));
  expect([...callers]).toStrictEqual(['127.0.0.1']);
  expect(lines).toHaveLength(1);
  expect(lines[0]).toContain('callers cannot be told apart');
  expect(lines[0]).not.toContain('192.0.2.1');
  await close();
});

test('believes no header without a proxy of ours', async () => {
  const { who, close } = await behind(false);
  expect(await who('192.0.2.1')).toBe('127.0.0.1');
  await close();
});
