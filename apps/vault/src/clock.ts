/** Milliseconds since 1970. Handed in everywhere, so that tests can move time. */
export type Clock = () => number;

export const systemClock: Clock = () => Date.now();

/** Unix seconds, as tickets, manifests and documents carry them. */
export function seconds(milliseconds: number): number {
  return Math.floor(milliseconds / 1000);
}
