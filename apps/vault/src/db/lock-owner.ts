import { randomUUID } from 'node:crypto';
import { readFileSync, readlinkSync } from 'node:fs';
import * as z from 'zod';

/**
 * Who holds a lock. A pid alone is not enough: pids are used again after a crash, so the start time
 * goes with it, and both mean something only within one boot and one pid namespace.
 */
export const LockOwner = z.strictObject({
  id: z.string().regex(/^[0-9a-f-]{36}$/),
  pid: z.int().positive(),
  started: z.string(),
  boot: z.string(),
  namespace: z.string(),
});
export type LockOwner = z.infer<typeof LockOwner>;

/** This process, as it writes itself into a lock. */
export function ownProcess(): LockOwner {
  return {
    id: randomUUID(),
    pid: process.pid,
    started: startTime(process.pid),
    boot: bootId(),
    namespace: pidNamespace(),
  };
}

/**
 * Whether the owner may still be running. In doubt yes: a wrong "no" would let two processes write
 * one database.
 */
export function mayBeAlive(owner: LockOwner): boolean {
  if (owner.boot !== bootId()) return false;
  if (isElsewhere(owner)) return true;
  return processExists(owner.pid) && startTime(owner.pid) === owner.started;
}

/** Whether the owner runs, or ran, in another container: its life cannot be seen from here. */
export function isElsewhere(owner: LockOwner): boolean {
  return owner.namespace !== pidNamespace();
}

function processExists(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}

/** Clock ticks since boot (field 22 of proc(5) stat), or nothing where there is no /proc. */
function startTime(pid: number): string {
  const stat = orNothing(() => readFileSync(`/proc/${pid}/stat`, 'latin1'));
  // The command name may hold spaces and parentheses: count from its last parenthesis.
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? '';
}

function bootId(): string {
  return orNothing(() => readFileSync('/proc/sys/kernel/random/boot_id', 'latin1').trim());
}

function pidNamespace(): string {
  return orNothing(() => readlinkSync('/proc/self/ns/pid'));
}

function orNothing(read: () => string): string {
  try {
    return read();
  } catch {
    return '';
  }
}
