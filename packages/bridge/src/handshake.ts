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
 * Steps
 *   1  Frame to parent: `hello {v, role, sid}`, to a registered origin, repeated until answered (R4).
 *   2  Page to frame:   `connect {v, sid}` with two ports, calls and events, to the fields origin.
 *   3  Both remove their window listeners.
 *   S1 Field to controller, directly: `join {protocol, key, sid, member}` with one port.
 *   S2 Controller over that port: `joined`.
 */

const Sid = z.string().check(z.regex(/^[A-Za-z0-9_-]{22}$/));
const Role = z.string().check(z.regex(/^[a-z]{1,16}$/));
const Version = z.int().check(z.minimum(0), z.maximum(1000));

export const Hello = z.strictObject({
  v: Version,
  type: z.literal('hello'),
  role: Role,
  sid: Sid,
  /** The frame will not run here, and why; the page side then rejects with this word. */
  refuse: z.optional(z.string().check(z.regex(/^[a-z_]{1,32}$/))),
});

export const Connect = z.strictObject({ v: Version, type: z.literal('connect'), sid: Sid });

export const Join = z.strictObject({
  type: z.literal('join'),
  protocol: Version,
  key: z.string().check(z.maxLength(128)),
  sid: Sid,
  member: z.string().check(z.regex(/^[A-Za-z]{1,32}$/)),
});
export type Join = z.infer<typeof Join>;

export const Joined = z.strictObject({ type: z.literal('joined') });
