import type { Frame } from '@playwright/test';

/** Every property of every intrinsic of a realm, as its descriptors. */
type Snapshot = Map<object, Map<PropertyKey, PropertyDescriptor>>;

/**
 * Runs in a frame. Walks all that can be reached from the constructors, functions and namespaces of
 * its global object through own properties, accessors and prototypes, without calling a getter. The
 * document and other live objects are not intrinsics: they change all the time.
 */
function walk(): Snapshot {
  const seen: Snapshot = new Map();
  const names = new Set(['Math', 'JSON', 'Reflect', 'Intl', 'Atomics', 'WebAssembly', 'CSS']);
  const queue: unknown[] = [];
  const enter = (value: object) => {
    const properties = new Map<PropertyKey, PropertyDescriptor>();
    seen.set(value, properties);
    for (const key of Reflect.ownKeys(value)) {
      // A window's frames by their index come and go.
      if (value === globalThis && /^\d+$/.test(String(key))) continue;
      const descriptor = Reflect.getOwnPropertyDescriptor(value, key);
      if (!descriptor) continue;
      properties.set(key, descriptor);
      const inner: unknown = descriptor.value;
      const live = value === globalThis && typeof inner !== 'function' && !names.has(String(key));
      queue.push(descriptor.get, descriptor.set, live ? undefined : inner);
    }
    queue.push(Reflect.getPrototypeOf(value));
  };
  enter(globalThis);
  while (queue.length > 0) {
    const value = queue.pop();
    const object = typeof value === 'function' || (typeof value === 'object' && value !== null);
    if (object && !seen.has(value)) enter(value);
  }
  return seen;
}

/** Runs in a frame. Names what differs between two walks of it. */
function differences([before, after]: [Snapshot, Snapshot]): string[] {
  const changes: string[] = [];
  const parts = ['value', 'get', 'set', 'writable', 'enumerable', 'configurable'] as const;
  for (const [object, old] of before) {
    const now = after.get(object);
    // What was replaced is told by its holder.
    if (!now) continue;
    const name = () => {
      const own = old.get('name')?.value ?? old.get(Symbol.toStringTag)?.value;
      return typeof own === 'string' && own !== ''
        ? own
        : (old.get('constructor')?.value?.name ?? '?');
    };
    for (const key of new Set([...old.keys(), ...now.keys()])) {
      const [was, is] = [old.get(key), now.get(key)];
      const same = was && is && parts.every((part) => Object.is(was[part], is[part]));
      if (!same)
        changes.push(`${name()}.${String(key)} ${was ? (is ? 'changed' : 'gone') : 'new'}`);
    }
  }
  return changes;
}

/** How many properties are watched, and a look at what became of them in each frame. */
export type IntrinsicsWatch = {
  readonly properties: number;
  changes(): Promise<string[]>;
};

/** Remembers all intrinsics of each frame, inside that frame; `changes` then says what is not as it was. */
export async function watchIntrinsics(frames: readonly Frame[]): Promise<IntrinsicsWatch> {
  const watches = await Promise.all(
    frames.map(async (frame) => ({ frame, before: await frame.evaluateHandle(walk) })),
  );
  let properties = 0;
  for (const { before } of watches) {
    properties += await before.evaluate((all: Snapshot) =>
      [...all.values()].reduce((sum, { size }) => sum + size, 0),
    );
  }
  return {
    properties,
    async changes() {
      const all = await Promise.all(
        watches.map(async ({ frame, before }) => {
          const after = await frame.evaluateHandle(walk);
          return frame.evaluate(differences, [before, after] as never);
        }),
      );
      return all.flat();
    },
  };
}
