/** Milliseconds. Handed in everywhere, so that tests can move time. */
export type Clock = () => number;

export type Clocks = {
  /** Since 1970. What is dated, signed or stored goes by it. */
  readonly now: Clock;
  /**
   * Since whenever, and never set back. What a process remembers for a while goes by it: a clock that
   * somebody sets back would make a revocation, or the end of a key in memory, come that much later.
   */
  readonly steady: Clock;
};

export const SYSTEM_CLOCKS: Clocks = { now: () => Date.now(), steady: () => performance.now() };

/** Unix seconds, as tickets, manifests and documents carry them. */
export function seconds(milliseconds: number): number {
  return Math.floor(milliseconds / 1000);
}
