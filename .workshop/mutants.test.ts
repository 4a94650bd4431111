import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { root } from './built.ts';
import { BRIDGE } from './mutants/bridge.ts';
import { FRAMES } from './mutants/frames.ts';
import { VAULT } from './mutants/vault.ts';

const EDITS = [...BRIDGE, ...FRAMES, ...VAULT].flatMap(({ name, edits }) =>
  edits.map((edit) => ({ name, ...edit })),
);

// A mutant whose place has moved takes no defence out, and its attack proves nothing any more.
it.each(EDITS)('$name: finds its one place in $file', ({ file, from, to }) => {
  const text = readFileSync(join(root, file), 'utf8');
  expect(text.split(from)).toHaveLength(2);
  expect(to).not.toBe(from);
});
