import type { Frame } from '@playwright/test';
import axe from 'axe-core';

/** The rules of WCAG 2.2 to level AA that a machine can judge, and axe's best practices. */
const TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];
/** Of a whole page, where a frame has a part of one: its headings and landmarks are the page's. */
const OF_PAGES = ['page-has-heading-one', 'region', 'landmark-one-main', 'bypass'];

type Found = { readonly id: string; readonly target: string; readonly says: string };
export type Audit = { readonly violations: Found[]; readonly passes: string[] };

const RUN = `(async () => {
  const rules = Object.fromEntries(${JSON.stringify(OF_PAGES)}.map((id) => [id, { enabled: false }]));
  // The page's own frames are judged by themselves.
  const options = { runOnly: { type: 'tag', values: ${JSON.stringify(TAGS)} }, rules, iframes: false };
  const { violations, passes } = await axe.run(document, options);
  return {
    violations: violations.flatMap(({ id, nodes }) => nodes.map(({ target, failureSummary }) =>
      ({ id, target: target.join(' '), says: failureSummary ?? '' }))),
    passes: passes.map(({ id }) => id),
  };
})()`;

/**
 * Judges a document by axe, from a world of its own that shares nothing but the page's nodes: in the world of a
 * field, whose prototypes are frozen, axe cannot run.
 */
export async function audit(frame: Frame): Promise<Audit> {
  const page = frame.page();
  const target = frame === page.mainFrame() ? page : frame;
  const session = await page.context().newCDPSession(target);
  try {
    const { frameTree } = await session.send('Page.getFrameTree');
    const { executionContextId: contextId } = await session.send('Page.createIsolatedWorld', {
      frameId: frameTree.frame.id,
      worldName: 'axe',
    });
    await session.send('Runtime.evaluate', { contextId, expression: axe.source });
    const { result, exceptionDetails } = await session.send('Runtime.evaluate', {
      contextId,
      expression: RUN,
      awaitPromise: true,
      returnByValue: true,
    });
    if (exceptionDetails) throw new Error(exceptionDetails.exception?.description ?? 'axe failed');
    return result.value;
  } finally {
    await session.detach();
  }
}
