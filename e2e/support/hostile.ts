import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from './server-process.ts';

const FOLDER = join(ROOT, '../shared/vectors/hostile');

/** Enough to keep the test meaningful in a clone that has no vectors beside it. */
const OWN = [
  '"><script>alert(1)</script>',
  '<img src=x onerror=alert(1)>',
  '<svg/onload=alert(1)>',
  'javascript:alert(1)',
  'x" onfocus="alert(1)" autofocus="',
  '</style><style>*{background:url(//evil.example)}',
  "'); alert(1); ('",
  '${alert(1)}{{7*7}}<!--',
  '__proto__',
  'constructor',
  '\u202e4242\u202c',
  '\u0000\u0007\ufeff\u200b',
  '💳'.repeat(100),
];

function strings(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  if (Array.isArray(value)) return value.flatMap(strings);
  if (value === null || typeof value !== 'object') return [];
  return Object.values(value).flatMap(strings);
}

const FILES = [
  'blns.json',
  'dompurify_expect.json',
  'patt_css_injection_blocks.json',
  'patt_prototype_pollution_blocks.json',
  'payloadbox_xss.json',
];

/** Strings that have broken other people's pages; says so when the large sets are not there. */
export function hostileStrings(): string[] {
  if (!existsSync(FOLDER)) {
    process.stdout.write(
      `no hostile vectors beside the project: ${OWN.length} strings of its own\n`,
    );
    return OWN;
  }
  const read = (file: string): unknown => JSON.parse(readFileSync(join(FOLDER, file), 'utf8'));
  return [...new Set([...OWN, ...FILES.flatMap((file) => strings(read(file)))])];
}
