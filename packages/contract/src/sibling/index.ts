export { Collected, siblingMethods } from './sibling-methods.ts';
