import { build } from 'vite';
import { scriptOf } from './bundle.ts';

/** How an application with React holds on to what it mounts. */
export type Keeps = 'the element' | 'the group' | 'nothing';

const ENTRY = 'virtual:react-page';

/**
 * An application as its developer runs it: StrictMode mounts every component, takes it out and mounts
 * it again. `keeps` is what lives outside the effect and so is used a second time.
 */
const APPLICATION = `
import { createElement, StrictMode, useEffect, useRef, useState } from 'react';
import { createRoot } from 'react-dom/client';

const hushfield = Hushfield(KEY);
window.counts = { mounts: 0, unmounts: 0, rejected: [] };
const group = () => (window.elements = hushfield.elements());
const shared = KEEPS === 'nothing' ? undefined : group();
const sharedCard = KEEPS === 'the element' ? shared.create('card') : undefined;

function CardField() {
  const container = useRef(null);
  useEffect(() => {
    const elements = shared ?? group();
    const card = sharedCard ?? elements.create('card');
    counts.mounts += 1;
    window.ready = card.mount(container.current);
    ready.catch((error) => counts.rejected.push(error.code));
    return () => {
      counts.unmounts += 1;
      if (sharedCard) card.unmount();
      else if (shared) card.destroy();
      else elements.destroy();
    };
  }, []);
  return createElement('div', { ref: container });
}

function Checkout() {
  const [times, setTimes] = useState(0);
  const [shown, setShown] = useState(true);
  window.again = () => setTimes((before) => before + 1);
  window.show = setShown;
  return createElement('main', { 'data-times': times }, shown && createElement(CardField));
}

createRoot(document.getElementById('root')).render(
  createElement(StrictMode, null, createElement(Checkout)),
);
`;

/** Bundles the application with React's development build, ready to stand in a page. */
export async function reactScript(keeps: Keeps): Promise<string> {
  const result = await build({
    configFile: false,
    root: import.meta.dirname,
    mode: 'development',
    logLevel: 'error',
    define: { 'process.env.NODE_ENV': '"development"', KEEPS: JSON.stringify(keeps) },
    plugins: [
      {
        name: 'react-page',
        resolveId: (id) =>
          id === ENTRY ? `${import.meta.dirname}/react-page.entry.js` : undefined,
        load: (id) => (id.endsWith('/react-page.entry.js') ? APPLICATION : undefined),
      },
    ],
    build: {
      write: false,
      minify: false,
      rolldownOptions: { input: ENTRY, output: { format: 'iife', codeSplitting: false } },
    },
  });
  return scriptOf(result);
}
