import { clock } from './clock.ts';
import { diskFull } from './disk-full.ts';
import { failover } from './failover.ts';
import type { Fault } from './fault.ts';
import { forwardKill } from './forward-kill.ts';
import { nodeKill } from './node-kill.ts';
import { postgresKill } from './postgres-kill.ts';
import { rotationKills } from './rotation-kill.ts';
import { roundRobin } from './round-robin.ts';
import { webhooks } from './worker-kill.ts';

/** Every fault there is. */
export const FAULTS: readonly Fault[] = [
  nodeKill,
  postgresKill,
  roundRobin,
  failover,
  diskFull,
  clock,
  webhooks,
  forwardKill,
  ...rotationKills,
];
