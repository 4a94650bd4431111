import type { Mounting } from './mounting.ts';
import type { FakeCall } from './types.ts';

/** What the vault shall answer instead of a token. */
export type Failure = {
  readonly code: string;
  readonly field?: string;
  readonly requestId?: string;
};

/** What one test has arranged, and what came of it. */
export class Plan {
  readonly failures: Failure[] = [];
  readonly mountFailures: string[] = [];
  readonly calls: FakeCall[] = [];
  /** How much of a BIN the key lets a page see. */
  binDigits: 0 | 6 | 8 = 0;
  readonly usedGrants: Set<string> = new Set();
  /** Settles when nothing is held. */
  held: Promise<unknown> = Promise.resolve();
}

/** One group of elements: who is mounted in it, latest last. */
export class Stage {
  readonly plan: Plan;
  readonly mountings: Set<Mounting> = new Set();

  constructor(plan: Plan) {
    this.plan = plan;
  }
}

// The SDK hands a mounting and a controller nothing of the fake's but the id of their group.
const stages = new Map<string, Stage>();

export function setStage(sid: string, stage: Stage): void {
  stages.set(sid, stage);
}

export function stageOf(sid: string): Stage {
  const stage = stages.get(sid);
  if (!stage) throw new Error('This group of elements is none of a fake.');
  return stage;
}
