export { nodeEd25519 } from './node-ed25519.ts';
export { verifySession } from './session-text.ts';
export { signSession } from './sign-session.ts';
