import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { saw } from '../support/attack.ts';
import { expect, type Merchant, test, typeCard } from '../support/merchant.ts';
import { PackedApp } from '../support/packed-app.ts';
import { REACTS } from '../support/react-app.ts';

const ROOT = join(import.meta.dirname, '../..');

/** Every example with React in our documents; the first is a whole application. */
const EXAMPLES = ['packages/react/README.md', 'README.md'].flatMap((file) => {
  const text = readFileSync(join(ROOT, file), 'utf8');
  return [...text.matchAll(/```tsx\n([\s\S]*?)```/g)].map(([, example = '']) => example);
});

/** An example with the deployment of this test in it, and nothing else changed. */
function filled(example: string, { deployment }: Merchant): string {
  return example
    .replace('pk_test_…', deployment.keys.publishableKey)
    .replace('http://127.0.0.1:4401', deployment.fieldsOrigin);
}

for (const react of REACTS) {
  test(`what is published, in an application of its own, does what its README says (React ${react})`, async ({
    page,
    merchant,
  }) => {
    // Packing, installing, compiling and bundling come before the journey.
    test.slow();
    expect(EXAMPLES).toHaveLength(3);
    const app = new PackedApp();
    try {
      app.install(react);
      for (const [index, example] of EXAMPLES.entries()) {
        app.write(`src/example-${index}.tsx`, filled(example, merchant));
      }
      app.write(
        'index.html',
        '<!doctype html><title>Shop</title><div id="root"></div><script type="module" src="/src/example-0.tsx"></script>',
      );
      app.checkTypes();
      const base = `/packed-${react}/`;
      const files = app.build(base);
      // The bundle names the React that is in it.
      expect([...files.values()].join('')).toMatch(
        new RegExp(`["'\`]${react}[.]\\d+[.]\\d+["'\`]`),
      );
      for (const [path, text] of files) {
        const script = { 'content-type': 'text/javascript' };
        merchant.pages.setFile(path, text, path.endsWith('.js') ? script : {});
      }
      merchant.pages.setFile('/orders', '');
      const before = merchant.pages.posts.length;
      await page.goto(`${merchant.origin}${base}index.html`);
      await typeCard(page);
      await page.waitForTimeout(450);
      await page.getByRole('button', { name: 'Pay' }).click();
      await expect(page.getByRole('status')).toHaveText('Thank you.');
      expect(merchant.pages.posts.slice(before)).toStrictEqual([
        expect.stringMatching(/^{"token":"tok_test_\w+"}$/),
      ]);
      saw(`1 token, from two tarballs and React ${react}`);
    } finally {
      app.dispose();
    }
  });
}
