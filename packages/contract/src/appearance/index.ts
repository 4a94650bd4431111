export { type Appearance, Colour, Variables } from './appearance.ts';
export { Rules } from './rules.ts';
