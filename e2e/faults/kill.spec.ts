import { expect, test } from '@playwright/test';
import { readToken } from '../support/backend.ts';
import { randomCard } from '../support/cards.ts';
import { newDatabase } from '../support/database.ts';
import { type Deployment, deploy } from '../support/deployment.ts';
import { SealedClient } from '../support/sealed-client.ts';

const TOKENIZATIONS = 200;
const AT_ONCE = 8;
const SERVER = process.env['HUSHFIELD_TEST_PG'];

/** Tokenizes with several at once, as shoppers do; tells `onAnswer` after each, and stops at the first failure. */
async function drive(
  deployment: Deployment,
  onAnswer: (answered: ReadonlyMap<string, string>) => void,
): Promise<Map<string, string>> {
  const answered = new Map<string, string>();
  let left = TOKENIZATIONS;
  const shopper = async () => {
    let client = await SealedClient.open(deployment);
    while (left > 0) {
      left -= 1;
      const { number, cvc } = randomCard(left);
      const card = { number, cvc, expMonth: 12, expYear: new Date().getUTCFullYear() + 2 };
      answered.set(await client.tokenize(card), number.slice(-4));
      onAnswer(answered);
      if (client.exhausted) client = await SealedClient.open(deployment);
    }
  };
  await Promise.allSettled(Array.from({ length: AT_ONCE }, shopper));
  return answered;
}

async function expectAllReadable(
  deployment: Deployment,
  answered: ReadonlyMap<string, string>,
): Promise<void> {
  const read = new Map<string, unknown>();
  for (const id of answered.keys()) {
    const { status, body } = await readToken(deployment, id);
    const card = body['card'] as { last4?: string } | undefined;
    read.set(id, status === 200 ? card?.last4 : status);
  }
  expect(Object.fromEntries(read)).toStrictEqual(Object.fromEntries(answered));
}

async function killMidway(databaseUrl: string | undefined): Promise<void> {
  const deployment = await deploy({
    shop: false,
    ...(databaseUrl === undefined ? {} : { databaseUrl }),
  });
  try {
    const half = TOKENIZATIONS / 2;
    let killed: Promise<void> | undefined;
    const answered = await drive(deployment, ({ size }) => {
      if (size >= half) killed ??= deployment.vault.kill();
    });
    await killed;
    expect(answered.size).toBeGreaterThanOrEqual(half);
    expect(answered.size).toBeLessThan(TOKENIZATIONS);

    await deployment.startVault();
    await expectAllReadable(deployment, answered);
    // And the vault is whole: it goes on taking cards.
    const after = await drive(deployment, () => {});
    expect(after.size).toBe(TOKENIZATIONS);
    await expectAllReadable(deployment, after);
  } finally {
    await deployment.dispose();
  }
}

test('keeps every answered token through kill -9 on the embedded database', async () => {
  test.setTimeout(120_000);
  await killMidway(undefined);
});

test('keeps every answered token through kill -9 on PostgreSQL (where HUSHFIELD_TEST_PG names a server, as npm test does)', async () => {
  test.skip(SERVER === undefined, 'HUSHFIELD_TEST_PG names no server');
  test.setTimeout(120_000);
  const { url, drop } = await newDatabase(SERVER ?? '');
  try {
    await killMidway(url);
  } finally {
    await drop();
  }
});
