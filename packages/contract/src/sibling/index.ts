export { Shown, shownMethods } from './shown-methods.ts';
export { Collected, siblingMethods } from './sibling-methods.ts';
