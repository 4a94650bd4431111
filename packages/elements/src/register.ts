import { registerHushfieldElements } from './index.ts';

// So that whoever imports this has the tags and events in the DOM's own types.
export type * from './index.ts';

registerHushfieldElements();
