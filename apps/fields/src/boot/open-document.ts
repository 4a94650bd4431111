import { type acceptParent, refuseParent } from '@hushfield/bridge';
import type { CommonBoot } from '@hushfield/contract/boot';
import { GroupId } from '@hushfield/contract/frame';
import { PROTOCOL } from '@hushfield/contract/version';
import * as z from 'zod/mini';
import { reasonToRefuse } from './may-run.ts';
import { readBoot, readHash } from './read-boot.ts';

/*
 * The same for all fields of a page: V8 keeps compiled inline code by URL, fragment and all, and
 * three kinds of field with three fragments would be compiled three times.
 */
const Hash = z.strictObject({ sid: GroupId, scheme: z.enum(['light', 'dark']) });

const LOAD_MS = 10_000;

/** The document of an element, as the vault and the SDK have made it: what it was given, and how it meets the page. */
type OpenDocument<B> = {
  readonly boot: B;
  readonly scheme: 'light' | 'dark';
  readonly meeting: Parameters<typeof acceptParent>[0];
};

/**
 * Opens the document of an element.
 *
 * @throws where it must not run; the page has been told.
 */
export function openDocument<B extends CommonBoot>(schema: z.ZodMiniType<B>): OpenDocument<B> {
  const boot = readBoot(schema);
  const { sid, scheme } = readHash(Hash);
  applyScheme(scheme);
  const { origins } = boot;
  const meeting = { origins, role: 'field', sid, version: PROTOCOL, timeoutMs: LOAD_MS };
  const reason = reasonToRefuse();
  if (!reason) return { boot, scheme, meeting };
  refuseParent({ ...meeting, reason });
  throw new Error(reason);
}

/** How high it is, in CSS px. */
export function heightOf(root: HTMLElement): number {
  return Math.ceil(root.getBoundingClientRect().height);
}

/** Sets the page's scheme before first paint, so that the transparent frame does not flash white. */
function applyScheme(scheme: 'light' | 'dark'): void {
  const root = document.documentElement;
  root.style.setProperty('color-scheme', scheme);
  root.dataset['theme'] = scheme;
}
