import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** What takes the better part of a minute or more: begun last, one of these would be waited for alone. */
const LONG =
  /\/(?:faults|sequencer|alone|live|import-file|several-nodes|migrate|hostile|worker|start|rotate-fingerprints|backup|rotate-receive|manifest-signer|run|slow-device|readiness|postgres-settings|upgrade|tokens|verify-log)\.test\.ts$/;

/** Runs test files in the usual order, but begins with those that are known to take long. */
export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    const isLong = ({ moduleId }: TestSpecification) => LONG.test(moduleId);
    return [...sorted.filter(isLong), ...sorted.filter((file) => !isLong(file))];
  }
}
