import { helloTargets } from './accept-parent.ts';

/** Tells a registered parent, once, that this frame will not run, and why. */
export function refuseParent(options: {
  origins: readonly string[];
  role: string;
  sid: string;
  version: number;
  reason: string;
}): void {
  const { origins, role, sid, version, reason } = options;
  for (const target of helloTargets(origins)) {
    parent.postMessage({ v: version, type: 'hello', role, sid, refuse: reason }, target);
  }
}
