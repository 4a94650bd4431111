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
  const { output } = [result].flat()[0] as Rolldown.RolldownOutput;
  // It stands inside a script element, which these would end or confuse.
  return output[0].code.replaceAll('</script', '<\\/script').replaceAll('<!--', '<\\!--');
}
