import { registerHushfieldElements } from './index.ts';

registerHushfieldElements();
