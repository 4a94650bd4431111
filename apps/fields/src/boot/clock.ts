/**
 * The server's time: what the document carries plus what has passed since, because shoppers' clocks
 * are wrong.
 *
 * @param documentNow - Unix seconds when the document was written.
 * @returns a function giving Unix seconds.
 */
export function serverClock(documentNow: number): () => number {
  const start = performance.now();
  return () => documentNow + Math.floor((performance.now() - start) / 1000);
}
