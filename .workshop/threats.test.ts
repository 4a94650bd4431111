import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';

const root = join(import.meta.dirname, '..');
const page = readFileSync(join(root, 'apps/docs/threats.md'), 'utf8');

type Row = { readonly id: number; readonly tests: readonly [string, string][] };

const NAMED = /`([\w./-]+\.(?:spec|test)\.ts) › ([^`]+)`/g;

function rowsOf(text: string): Row[] {
  return text.split('\n').flatMap((line) => {
    const id = /^\| (\d+) \|/.exec(line)?.[1];
    if (id === undefined) return [];
    const tests = [...line.matchAll(NAMED)].map(
      ([, file = '', title = '']) => [file, title] as [string, string],
    );
    return [{ id: Number(id), tests }];
  });
}

const escape = (text: string) => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');

/** Titles that are templates, in which what is filled in may be anything. */
function templatesIn(source: string): RegExp[] {
  return [...source.matchAll(/\b(?:test|it)\(\s*`([^`]+)`/g)].map(
    ([, text = '']) => new RegExp(`^${escape(text).replace(/\\\$\\\{.*?\\\}/g, '.*')}`, 's'),
  );
}

/** A title that is a template may be named by its beginning, up to what is filled in. */
function exists([file, title]: readonly [string, string]): boolean {
  if (!existsSync(join(root, file))) return false;
  const source = readFileSync(join(root, file), 'utf8');
  const literal = [`'${title.replaceAll("'", "\\'")}'`, `"${title}"`, `\`${title} \${`];
  return (
    literal.some((text) => source.includes(text)) ||
    templatesIn(source).some((template) => template.test(title))
  );
}

const rows = rowsOf(page);

it('has a row for every threat that a browser can show', () => {
  const ids = rows.map(({ id }) => id);
  const wanted = [...Array.from({ length: 21 }, (_, index) => index + 1), 32, 34, 36];
  expect(wanted.filter((id) => !ids.includes(id))).toStrictEqual([]);
});

it.each(rows)('names tests that exist for threat $id', ({ tests }) => {
  expect(tests.length).toBeGreaterThan(0);
  expect(tests.filter((test) => !exists(test))).toStrictEqual([]);
});

it('would notice a test that is gone', () => {
  const gone = rowsOf(
    '| 1 | x | y | `e2e/attacks/raw-messages.spec.ts › does what no test does` | – |',
  );
  expect(gone[0]?.tests.filter((test) => !exists(test))).toHaveLength(1);
});
