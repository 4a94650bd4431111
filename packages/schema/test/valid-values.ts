import fc from 'fast-check';

/** What zod keeps about a schema, as far as values of it can be made from that. */
type Def = {
  readonly type: string;
  readonly checks?: readonly { readonly _zod: { readonly def: CheckDef } }[];
  readonly format?: string;
  readonly [part: string]: unknown;
};
type CheckDef = {
  readonly check: string;
  readonly pattern?: RegExp;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly value?: number;
};
type Zod = { readonly _zod: { readonly def: Def } };
type Make = (def: Def) => fc.Arbitrary<unknown>;

const checksOf = (def: Def): CheckDef[] => (def.checks ?? []).map((check) => check._zod.def);

function bound(def: Def, check: string, name: 'minimum' | 'maximum' | 'value', otherwise: number) {
  return checksOf(def).find((one) => one.check === check)?.[name] ?? otherwise;
}

function strings(def: Def): fc.Arbitrary<string> {
  if (def.format === 'datetime') {
    const from = { min: new Date('0000-01-01T00:00:00Z'), max: new Date('9999-12-31T23:59:59Z') };
    return fc.date({ ...from, noInvalidDate: true }).map((date) => date.toISOString());
  }
  const pattern = checksOf(def).find((check) => check.pattern)?.pattern;
  if (pattern) return fc.stringMatching(pattern);
  const minLength = bound(def, 'min_length', 'minimum', 0);
  const maxLength = bound(def, 'max_length', 'maximum', 64);
  // The longest ones, whole and half outside the basic plane: where units and code points part.
  const longest = fc.constantFrom('a'.repeat(maxLength), '😀'.repeat(maxLength));
  const short = fc.string({ unit: 'binary', minLength, maxLength: Math.min(maxLength, 64) });
  return fc.oneof({ weight: 6, arbitrary: short }, { weight: 1, arbitrary: longest });
}

function numbers(def: Def): fc.Arbitrary<number> {
  const min = bound(def, 'greater_than', 'value', Number.MIN_SAFE_INTEGER);
  const max = bound(def, 'less_than', 'value', Number.MAX_SAFE_INTEGER);
  return def.format === 'safeint' ? fc.integer({ min, max }) : fc.double({ min, max, noNaN: true });
}

function objects(def: Def): fc.Arbitrary<unknown> {
  const shape = Object.entries(def.shape as Record<string, Zod>);
  const required = shape.filter(([, inner]) => inner._zod.def.type !== 'optional');
  return fc.record(Object.fromEntries(shape.map(([key, inner]) => [key, valuesOf(inner)])), {
    requiredKeys: required.map(([key]) => key),
    noNullPrototype: true,
  });
}

function tuples(def: Def): fc.Arbitrary<unknown> {
  const items = def.items as Zod[];
  const least = items.findLastIndex((item) => item._zod.def.type !== 'optional') + 1;
  return fc
    .tuple(fc.integer({ min: least, max: items.length }), fc.tuple(...items.map(valuesOf)))
    .map(([length, values]) => values.slice(0, length));
}

function records(def: Def): fc.Arbitrary<unknown> {
  const names = Object.values((def.keyType as Zod)._zod.def.entries as Record<string, string>);
  const value = valuesOf(def.valueType as Zod);
  return fc.record(Object.fromEntries(names.map((name) => [name, value])), {
    requiredKeys: [],
    noNullPrototype: true,
  });
}

const makers: ReadonlyMap<string, Make> = new Map<string, Make>([
  ['string', strings],
  ['number', numbers],
  ['object', objects],
  ['tuple', tuples],
  ['record', records],
  ['boolean', () => fc.boolean()],
  ['undefined', () => fc.constant(undefined)],
  ['unknown', () => fc.anything()],
  ['literal', (def) => fc.constantFrom(...(def.values as unknown[]))],
  ['enum', (def) => fc.constantFrom(...Object.values(def.entries as object))],
  ['optional', (def) => fc.option(valuesOf(def.innerType as Zod), { nil: undefined })],
  ['nullable', (def) => fc.option(valuesOf(def.innerType as Zod), { nil: null })],
  ['pipe', (def) => valuesOf(def.in as Zod)],
  ['union', (def) => fc.oneof(...(def.options as Zod[]).map(valuesOf))],
  [
    'array',
    (def) =>
      fc.array(valuesOf(def.element as Zod), {
        minLength: bound(def, 'min_length', 'minimum', 0),
        maxLength: Math.min(bound(def, 'max_length', 'maximum', 8), 8),
      }),
  ],
]);

/** Values a real zod/mini schema accepts, made by walking its definition. */
export function valuesOf(schema: {
  readonly _zod: { readonly def: object };
}): fc.Arbitrary<unknown> {
  const def = schema._zod.def as Def;
  const make = makers.get(def.type);
  if (!make) throw new Error(`no values for a ${def.type}: neither has this room`);
  return make(def);
}
