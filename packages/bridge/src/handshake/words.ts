import * as z from 'zod/mini';

/*
 * How a frame and its page meet, and how two frames of one origin meet.
 *
 * Requirements
 *   R1  Neither side trusts a message for what it says: source window and exact origin decide first.
 *   R2  No message is ever sent to '*'.
 *   R3  After meeting, everything rides on ports that only the two hold.
 *   R4  A frame that reloads starts again; the page side notices and re-arms.
 *   R5  Every wait has a deadline and ends in a typed error.
 *
 * Steps, each with its message in a file of this folder, so that a bundle holds only what it reads
 *   1  Frame to parent: `hello {v, role, sid}`, to a registered origin, repeated until answered (R4).
 *   2  Page to frame:   `connect {v, sid}` with two ports, calls and events, to the fields origin.
 *   3  Both remove their window listeners.
 *   S1 Field to controller, directly: `join {protocol, key, sid, member}` with one port.
 *   S2 Controller over that port: `joined`.
 */

export const Version = z.int().check(z.minimum(0), z.maximum(1000));
