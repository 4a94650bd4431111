import { tmpdir } from 'node:os';
import { mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { emptyDatabase, ENGINES, type TestDatabase } from '../../test/engines.ts';
import { GOOD, openReply, post, sealedRequest } from '../../test/sealed-request.ts';
import { type TestVault, testVault } from '../../test/test-vault.ts';
import type { Database } from '../db/sql.ts';

const HOUR = 3_600_000;
const [PER_ADDRESS, PER_BIN, BLOCK] = [20, 40, { address: 2, bin: 4 }] as const;

/** Numbers that test mode takes, as a tester makes them up: one BIN, one after another. */
function testerCard(index: number) {
  const body = `42424242${String(index).padStart(7, '0')}`;
  const sum = [...body].reverse().reduce((total, digit, at) => {
    const twice = at % 2 === 0 ? Number(digit) * 2 : Number(digit);
    return total + (twice > 9 ? twice - 9 : twice);
  }, 0);
  return { ...GOOD, number: `${body}${(10 - (sum % 10)) % 10}` };
}

describe.each(ENGINES)('card testers at two nodes on %s', (engine) => {
  let it: TestDatabase;
  let nodes: readonly TestVault[];
  let statements = 0;
  const folder = mkdtempSync(join(tmpdir(), 'hushfield-testers-'));

  /** The same database, its counters' statements counted. */
  const counting = (sql: Database): Database => ({
    ...sql,
    as: (role, tenant) => ({
      query(text, ...rest) {
        if (text.includes('take_units')) statements += 1;
        return sql.as(role, tenant).query(text, ...rest);
      },
    }),
  });

  beforeAll(async () => {
    it = await emptyDatabase(engine);
    const environment = {
      HUSHFIELD_DATA_DIR: join(folder, 'data'),
      LIMIT_TOKENIZE_PER_ADDRESS: `${PER_ADDRESS}/h`,
      LIMIT_TOKENIZE_PER_BIN: `${PER_BIN}/h`,
      TRUST_PROXY: '127.0.0.1',
    };
    const node = async () => testVault({ environment, database: counting(await it.again()) });
    nodes = [await node(), await node()];
  }, 60_000);
  afterAll(async () => {
    await Promise.all(nodes.map((node) => node.close()));
    await it.drop();
    rmSync(folder, { recursive: true });
  });
  beforeEach(() => {
    for (const { time } of nodes) time.now += HOUR;
    statements = 0;
  });

  async function accepted(index: number, address: string, card: object): Promise<boolean> {
    const node = nodes[index % nodes.length];
    if (node === undefined) throw new Error('no node');
    const { body, sealed } = await sealedRequest(node, { card });
    const answer = await post(node, body, { 'x-forwarded-for': address });
    if (answer.statusCode === 200) return openReply(sealed, answer.body).ok;
    expect(answer.statusCode).toBe(429);
    return false;
  }

  async function attack(cards: number, addressOf: (index: number) => string): Promise<number> {
    let sum = 0;
    for (let index = 0; index < cards; index += 1) {
      if (await accepted(index, addressOf(index), testerCard(index))) sum += 1;
    }
    return sum;
  }

  async function honest(count: number): Promise<number> {
    const cards = ['5555555555554444', '378282246310005', '6011111111111117'];
    let sum = 0;
    for (let index = 0; index < count; index += 1) {
      const card = { ...GOOD, number: cards[index % 3], cvc: index % 3 === 1 ? '1234' : '123' };
      if (await accepted(index, `203.0.${index}.9`, card)) sum += 1;
    }
    return sum;
  }

  test('have the policy and a block from one network, and leave honest shoppers alone', async () => {
    const through = await attack(120, (index) => `198.51.100.${index}`);
    expect(through).toBeGreaterThanOrEqual(PER_ADDRESS);
    expect(through).toBeLessThanOrEqual(PER_ADDRESS + BLOCK.address);
    expect(await honest(15)).toBe(15);
  });

  test('have the policy and a block of one BIN from many networks, and no more', async () => {
    const through = await attack(160, (index) => `198.${index % 40}.100.1`);
    expect(through).toBeGreaterThanOrEqual(PER_BIN);
    expect(through).toBeLessThanOrEqual(PER_BIN + BLOCK.bin);
    expect(await honest(15)).toBe(15);
  });

  test('cannot hide behind a header that no proxy of ours has written', async () => {
    const [node] = nodes;
    if (node === undefined) throw new Error('no node');
    const forged = async (index: number) => {
      const { body } = await sealedRequest(node, { card: testerCard(index) });
      const headers = { 'x-forwarded-for': `198.${index}.100.1, 203.0.113.5` };
      return (await post(node, body, headers)).statusCode;
    };
    const statuses = [];
    for (let index = 0; index < 30; index += 1) statuses.push(await forged(index));
    expect(statuses.filter((status) => status === 200)).toHaveLength(PER_ADDRESS);
  });

  test('cost one statement of counting in twenty cards at most, under the policy of the house', {
    timeout: 30_000,
  }, async () => {
    const environment = { HUSHFIELD_DATA_DIR: join(folder, 'data') };
    const node = await testVault({ environment, database: counting(await it.again()) });
    statements = 0;
    const cards = 300;
    for (let index = 0; index < cards; index += 1) {
      const { body } = await sealedRequest(node, { card: testerCard(index) });
      expect((await post(node, body)).statusCode).toBe(200);
    }
    expect(statements).toBeLessThanOrEqual(cards / 20);
    await node.close();
  });
});
