/**
 * Statements of one transaction that do not wait for each other's answers: given to the database in this order, in
 * one go where it takes that. All have come to an end before this does, so that none of them can still be on its way
 * when the transaction is rolled back.
 *
 * @throws the first error in their order.
 */
export async function atOnce(statements: readonly Promise<unknown>[]): Promise<void> {
  const ended = await Promise.allSettled(statements);
  const failed = ended.find((each) => each.status === 'rejected');
  if (failed !== undefined) throw failed.reason;
}
