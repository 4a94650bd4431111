/*
 * Runs before anything that handles input.
 *
 * A message that slipped past every guard could still try to plant a setter or a method on a shared
 * prototype and wait for the next assignment of a card number. Frozen prototypes leave it nothing to
 * plant on. Freezing alone would break honest code: assigning `x.toString = …` on an object whose
 * prototype holds a read-only `toString` throws (the override mistake). So the few properties that
 * libraries do assign become accessors first, whose setter defines an own property instead.
 */

const ASSIGNED = ['constructor', 'name', 'message', 'toString', 'toJSON', 'valueOf', 'then'];

const INTRINSICS = [
  Object,
  Function,
  Array,
  String,
  Number,
  Boolean,
  Symbol,
  BigInt,
  RegExp,
  Date,
  Promise,
  Map,
  Set,
  WeakMap,
  WeakSet,
  ArrayBuffer,
  Uint8Array,
  Object.getPrototypeOf(Uint8Array),
  DataView,
  Error,
  EvalError,
  RangeError,
  ReferenceError,
  SyntaxError,
  TypeError,
  URIError,
] as const satisfies readonly { prototype: object }[];

/** Turns a writable value on a prototype into an accessor that lets objects below it have their own. */
function allowOverride(prototype: object, key: string): void {
  const descriptor = Object.getOwnPropertyDescriptor(prototype, key);
  if (!descriptor || !('value' in descriptor) || !descriptor.configurable) return;
  const { value, enumerable } = descriptor;
  Object.defineProperty(prototype, key, {
    enumerable: enumerable ?? false,
    configurable: false,
    get: () => value,
    set(this: object, own: unknown) {
      if (this === prototype) throw new TypeError(`${key} is frozen`);
      Object.defineProperty(this, key, {
        value: own,
        writable: true,
        enumerable: true,
        configurable: true,
      });
    },
  });
}

/** Freezes the shared prototypes and takes away the one network exit that no header closes. */
export function harden(): void {
  for (const { prototype } of INTRINSICS) {
    for (const key of ASSIGNED) allowOverride(prototype, key);
    Object.freeze(prototype);
  }
  // A TURN user name can carry data past every CSP directive.
  for (const name of ['RTCPeerConnection', 'webkitRTCPeerConnection']) {
    Reflect.deleteProperty(globalThis, name);
  }
}

harden();
