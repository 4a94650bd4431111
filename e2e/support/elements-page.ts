import { bundle } from './bundle.ts';
import { expect, type Merchant } from './merchant.ts';

let code: Promise<string> | undefined;
let serial = 0;

/** The attributes of a group that works. */
export function groupOf({ deployment }: Merchant): string {
  return `publishable-key="${deployment.keys.publishableKey}" fields-origin="${deployment.fieldsOrigin}"`;
}

/** A page with custom elements; they are defined by `define()`, at once unless the page does it later. */
export async function elementsPage(
  { pages, origin }: Merchant,
  body: string,
  { script = 'define();', head = '', nonce = '', headers = {} } = {},
): Promise<string> {
  code ??= bundle(`
    import { registerHushfieldElements } from '@hushfield/elements';
    window.define = registerHushfieldElements;`);
  serial += 1;
  const path = `/elements-${serial}`;
  // The name is what the leak count knows the SDK's listeners by.
  const source = `<script nonce="${nonce}">${await code}\n//# sourceURL=/bundled/hushfield.js</script>`;
  pages.set(path, head, `${body}${source}<script nonce="${nonce}">${script}</script>`, headers);
  return `${origin}${path}`;
}

/** What stands in the form that a page posts meanwhile. */
export async function posted(
  { pages }: Merchant,
  act: () => Promise<void>,
): Promise<Record<string, string>> {
  const before = pages.posts.length;
  await act();
  await expect.poll(() => pages.posts.length).toBe(before + 1);
  return Object.fromEntries(new URLSearchParams(pages.posts.at(-1)));
}
