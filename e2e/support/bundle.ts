import { build, type Rolldown } from 'vite';

/**
 * Bundles a module as a merchant's tools do, ready to stand in a script element of a page.
 *
 * @param root - where its imports are looked for.
 */
export async function bundle(source: string, root: string = import.meta.dirname): Promise<string> {
  const entry = `${root}/bundled.entry.ts`;
  const result = await build({
    configFile: false,
    root,
    logLevel: 'error',
    plugins: [
      {
        name: 'bundled',
        resolveId: (id) => (id === entry ? id : undefined),
        load: (id) => (id === entry ? source : undefined),
      },
    ],
    build: {
      write: false,
      minify: false,
      rolldownOptions: { input: entry, output: { format: 'iife', codeSplitting: false } },
    },
  });
  return scriptOf(result);
}

/** What was built, as it may stand inside a script element, which some texts would end or confuse. */
export function scriptOf(result: Awaited<ReturnType<typeof build>>): string {
  const { output } = [result].flat()[0] as Rolldown.RolldownOutput;
  return output[0].code.replaceAll('</script', '<\\/script').replaceAll('<!--', '<\\!--');
}
