import { spawnSync } from 'node:child_process';
import { describe, expect, test } from 'vitest';

const promtool = (...words: readonly string[]) =>
  spawnSync('promtool', words, { encoding: 'utf8', cwd: import.meta.dirname });
const HAS_PROMTOOL = promtool('--version').status === 0;
if (!HAS_PROMTOOL) console.warn('promtool is not there: the alerts are not tried.');

describe.runIf(HAS_PROMTOOL)('the alerts', () => {
  test.each([
    ['are understood', ['check', 'rules', 'prometheus-rules.yml']],
    ['say what they should', ['test', 'rules', 'prometheus-rules.test.yml']],
  ])('%s', (_name, words) => {
    const { status, stdout, stderr } = promtool(...words);
    expect([status, stdout + stderr]).toStrictEqual([0, expect.stringContaining('SUCCESS')]);
  });
});
