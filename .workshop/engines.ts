import { firefoxOptions, webkitDriver, webkitOptions } from '../e2e/support/engines.ts';

/** Says which engines are left out because no browser of theirs is here. */
export function sayMissingEngines(): void {
  const there = {
    Firefox: firefoxOptions() !== undefined,
    WebKit: webkitOptions() !== undefined || webkitDriver() !== undefined,
  };
  for (const [engine, is] of Object.entries(there)) {
    if (!is) console.log(`No ${engine} here: its attacks are left out.`);
  }
}
