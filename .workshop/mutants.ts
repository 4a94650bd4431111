/*
 * `pnpm attack:mutants [--engine chromium|firefox|webkit] [--only <part of a name>]...`: evidence that
 * the suite can fail. Each mutant is the product with one defence taken out, built and attacked in a
 * copy of the tree; an attack must then turn red, while an honest card is still traded for a token.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { root } from './built.ts';
import { ensureChromium } from './chromium.ts';
import { BRIDGE } from './mutants/bridge.ts';
import { FRAMES } from './mutants/frames.ts';
import type { Attack, Mutant } from './mutants/mutant.ts';
import { type Outcome, runAttacks, stopAttacks } from './mutants/run-attacks.ts';
import { VAULT } from './mutants/vault.ts';
import { type OwnPostgres, startPostgres } from './postgres.ts';
import { NoSuchText, TreeCopy } from './tree-copy.ts';

/** NO PRODUCT: honest visits fail too. NO ATTACK: none of the named tests is there. */
type Verdict = 'killed' | 'SURVIVED' | 'NO PRODUCT' | 'NO ATTACK';
type Line = { mutant: Mutant; verdict: Verdict; red: readonly string[]; seconds: number };

const { values } = parseArgs({
  options: {
    engine: { type: 'string', default: 'chromium' },
    only: { type: 'string', multiple: true },
  },
});
const { engine: name, only } = values;
const wanted = [...BRIDGE, ...FRAMES, ...VAULT].filter(
  (mutant) => only === undefined || only.some((part) => mutant.name.includes(part)),
);
if (!['chromium', 'firefox', 'webkit'].includes(name) || wanted.length === 0) {
  console.error('--engine takes chromium, firefox or webkit; --only a part of a mutant’s name.');
  process.exit(2);
}

if (name === 'chromium') process.env['HUSHFIELD_CHROMIUM'] = ensureChromium();
const copy = new TreeCopy();
process.on('exit', () => copy.dispose());
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.once(signal, () => void stopAttacks().then(() => end(130)));
}
const engine = { name, root: copy.root };
// Without one, attacks on what only a server can have are skipped, and prove nothing.
const server: { postgres?: OwnPostgres } = {};

async function end(status: number): Promise<never> {
  await server.postgres?.stop();
  process.exit(status);
}

function verdictOf({ red, green, alive }: Outcome): Verdict {
  if (red.length + green.length === 0) return 'NO ATTACK';
  if (!alive) return 'NO PRODUCT';
  return red.length === 0 ? 'SURVIVED' : 'killed';
}

async function attackMutant(mutant: Mutant): Promise<Line> {
  const start = performance.now();
  const undo = apply(mutant);
  try {
    build();
    const outcome = await runAttacks(mutant.attacks, engine);
    const seconds = Math.round((performance.now() - start) / 1000);
    return { mutant, verdict: verdictOf(outcome), red: outcome.red, seconds };
  } finally {
    undo();
  }
}

/** @throws NoSuchText, and leaves the copy as it was. */
function apply({ edits }: Mutant): () => void {
  const undos: (() => void)[] = [];
  // Backwards, since two edits may be of one file.
  const undo = () => undos.reverse().forEach((one) => one());
  try {
    for (const { file, from, to } of edits) undos.push(copy.replace(file, from, to));
  } catch (error) {
    undo();
    throw error;
  }
  return undo;
}

/** A second for all, so there is nothing to gain by asking which of them a file goes into. */
function build(): void {
  copy.buildFrames();
  copy.buildSdk();
  copy.buildVault();
}

/** Before anything is built: a defence that moved is told at once, with all others that did. */
function assertApplicable(): void {
  const missing = wanted.flatMap((mutant) => {
    try {
      apply(mutant)();
      return [];
    } catch (error) {
      if (!(error instanceof NoSuchText)) throw error;
      return [`${mutant.name}: ${error.message}`];
    }
  });
  if (missing.length === 0) return;
  console.error(
    `These defences are not where their mutants look for them:\n\n${missing.join('\n\n')}`,
  );
  process.exit(1);
}

/** Every attack that is named, against the product as it is. */
async function assertBaseline(): Promise<void> {
  const attacks = new Map<string, Attack>();
  for (const one of wanted.flatMap((mutant) => mutant.attacks)) {
    attacks.set(`${one.file} ${one.title}`, one);
  }
  const { red, green, alive } = await runAttacks([...attacks.values()], engine);
  console.log(`unmutated: ${green.length} attacks held, ${red.length} did not`);
  if (red.length === 0 && alive) return;
  const why =
    red.length > 0 ? red.join('\n') : 'no honest card is taken, or a file of tests has no test';
  console.error(`The suite is red without any mutant:\n${why}`);
  return end(1);
}

const columns = ({ mutant, verdict, red, seconds }: Line) =>
  [
    mutant.name,
    [...new Set(mutant.edits.map(({ file }) => file))].join(', '),
    red.join('; ') || '-',
    String(seconds),
    verdict,
  ].join(' | ');

process.on('uncaughtException', (error) => {
  console.error(error);
  void end(1);
});
assertApplicable();
build();
server.postgres = await startPostgres();
process.env['HUSHFIELD_TEST_PG'] = server.postgres.url;
await assertBaseline();
const lines: Line[] = [];
for (const mutant of wanted) {
  const line = await attackMutant(mutant);
  lines.push(line);
  console.log(columns(line));
}
const killed = lines.filter(({ verdict }) => verdict === 'killed').length;
const head =
  'mutant | file | attacks that turned red | seconds | verdict\n--- | --- | --- | --- | ---';
const sum = `${killed} of ${lines.length} mutants killed in ${name}`;
mkdirSync(join(root, '.reports'), { recursive: true });
writeFileSync(
  join(root, `.reports/mutants-${name}.md`),
  `# ${sum}\n\n${head}\n${lines.map(columns).join('\n')}\n`,
);
console.log(`\n${sum}; see .reports/mutants-${name}.md`);
await end(killed === lines.length ? 0 : 1);
