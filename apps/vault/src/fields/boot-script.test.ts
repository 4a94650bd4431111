import fc from 'fast-check';
import { expect, test } from 'vitest';
import { bootScript } from './boot-script.ts';

const OPEN = '<script type="application/json" id="boot">';
const CLOSE = '</script>';
const hostile = fc.oneof(
  fc.string(),
  fc.constantFrom('</script>', '<!--', '<script', ']]>', '\u2028', '&lt;', '-->', '\u2029'),
);

test('survives any text and gives it back', () => {
  fc.assert(
    fc.property(fc.dictionary(hostile, hostile), (boot) => {
      const html = bootScript(boot);
      const inside = html.slice(OPEN.length, -CLOSE.length);
      expect([html.startsWith(OPEN), html.endsWith(CLOSE)]).toStrictEqual([true, true]);
      expect(inside).not.toMatch(/[<>&\u2028\u2029]/);
      expect(JSON.parse(inside)).toStrictEqual(JSON.parse(JSON.stringify(boot)));
    }),
  );
});
