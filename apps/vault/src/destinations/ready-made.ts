import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DestinationRecord } from '@hushfield/contract/api';

/** Records that are here to be used, or copied and changed; each is a file beside this one. */
export const READY_MADE = ['stripe', 'adyen'] as const;
export type ReadyMade = (typeof READY_MADE)[number];

export function readyMade(name: ReadyMade): DestinationRecord {
  const file = join(import.meta.dirname, 'ready', `${name}.json`);
  return DestinationRecord.parse(JSON.parse(readFileSync(file, 'utf8')));
}
