export { Appearance, Colour, Variables } from './appearance.ts';
