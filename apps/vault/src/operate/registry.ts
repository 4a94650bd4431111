/**
 * Labels and every value that each may have, named where the metric is made: nothing that comes from outside
 * can become a series, however hard it tries.
 */
export type Labels = Readonly<Record<string, readonly string[]>>;
export type Chosen<L extends Labels> = { readonly [Name in keyof L]: L[Name][number] };
export type Sample<L extends Labels> = readonly [labels: Chosen<L>, value: number];

type Kind = 'counter' | 'gauge' | 'histogram';
type Family = {
  readonly name: string;
  readonly kind: Kind;
  readonly help: string;
  readonly lines: () => readonly string[];
};

/** What types have let through all the same. */
const OTHER = 'other';
/** So many series of a counter are there from the beginning, with nothing counted. */
const FEW = 32;

/**
 * The metrics of one process, in the text format of Prometheus. Our own: a hundred lines in which labels are
 * bounded by type, against a library with two more below it that keeps a global registry.
 */
export class Registry {
  readonly #families: Family[] = [];

  counter<const L extends Labels>(name: string, help: string, labels: L): Counter<L> {
    const counter = new Counter(name, labels);
    // A rate sees no first time of what was not there before. Of many labels most never come, and stay away.
    if (choices(labels) <= FEW) for (const each of everyChoice(labels)) counter.add(each, 0);
    this.#add({ name, kind: 'counter', help, lines: () => counter.lines() });
    return counter;
  }

  /** Each series remembers the last value it was given. */
  gauge<const L extends Labels>(name: string, help: string, labels: L): Gauge<L> {
    const gauge = new Gauge(name, labels);
    this.#add({ name, kind: 'gauge', help, lines: () => gauge.lines() });
    return gauge;
  }

  /** @param bounds - upper ends of its buckets, ascending. */
  histogram<const L extends Labels>(
    name: string,
    help: string,
    labels: L,
    bounds: readonly number[],
  ): Histogram<L> {
    const histogram = new Histogram(name, labels, bounds);
    this.#add({ name, kind: 'histogram', help, lines: () => histogram.lines() });
    return histogram;
  }

  /** What is looked at only when somebody asks. What is not known is left out. */
  looked<const L extends Labels>(
    [name, kind, help]: readonly [name: string, kind: 'counter' | 'gauge', help: string],
    labels: L,
    look: () => readonly Sample<L>[],
  ): void {
    const series = new Series(labels);
    const lines = () =>
      look()
        .filter(([, value]) => Number.isFinite(value))
        .map(([chosen, value]) => `${name}${series.textOf(chosen)} ${value}`);
    this.#add({ name, kind, help, lines });
  }

  text(): string {
    const parts = this.#families.map(({ name, kind, help, lines }) =>
      [`# HELP ${name} ${help}`, `# TYPE ${name} ${kind}`, ...lines()].join('\n'),
    );
    return `${parts.join('\n')}\n`;
  }

  #add(family: Family): void {
    if (this.#families.some(({ name }) => name === family.name)) throw new Error(family.name);
    this.#families.push(family);
  }
}

function choices(labels: Labels): number {
  return Object.values(labels).reduce((product, values) => product * values.length, 1);
}

function everyChoice<L extends Labels>(labels: L): Chosen<L>[] {
  return Object.entries(labels).reduce<Record<string, string>[]>(
    (all, [name, values]) =>
      all.flatMap((each) => values.map((value) => ({ ...each, [name]: value }))),
    [{}],
  ) as Chosen<L>[];
}

/** How a choice of labels is written. */
class Series<L extends Labels> {
  readonly #known: readonly (readonly [name: string, values: ReadonlySet<string>])[];

  constructor(labels: L) {
    this.#known = Object.entries(labels).map(([name, values]) => [name, new Set(values)]);
  }

  textOf(chosen: Chosen<L>, more = ''): string {
    const pairs = this.#known.map(([name, values]) => {
      const value = chosen[name] ?? OTHER;
      return `${name}="${values.has(value) ? value : OTHER}"`;
    });
    const all = more === '' ? pairs : [...pairs, more];
    return all.length === 0 ? '' : `{${all.join(',')}}`;
  }
}

/** Counts up. */
export class Counter<const L extends Labels> {
  readonly #name: string;
  readonly #series: Series<L>;
  readonly #values = new Map<string, number>();

  constructor(name: string, labels: L) {
    this.#name = name;
    this.#series = new Series(labels);
  }

  add(labels: Chosen<L>, by = 1): void {
    const text = this.#series.textOf(labels);
    this.#values.set(text, (this.#values.get(text) ?? 0) + by);
  }

  protected put(labels: Chosen<L>, value: number): void {
    this.#values.set(this.#series.textOf(labels), value);
  }

  lines(): string[] {
    return [...this.#values].map(([text, value]) => `${this.#name}${text} ${value}`);
  }
}

/** Goes up and down. */
export class Gauge<const L extends Labels> extends Counter<L> {
  set(labels: Chosen<L>, value: number): void {
    this.put(labels, value);
  }
}

type Row<L extends Labels> = { readonly labels: Chosen<L>; readonly counts: number[]; sum: number };

/** How long things take, in seconds. */
export class Histogram<const L extends Labels> {
  readonly #name: string;
  readonly #series: Series<L>;
  readonly #bounds: readonly number[];
  readonly #rows = new Map<string, Row<L>>();

  constructor(name: string, labels: L, bounds: readonly number[]) {
    this.#name = name;
    this.#series = new Series(labels);
    this.#bounds = bounds;
  }

  observe(labels: Chosen<L>, seconds: number): void {
    const row = this.#rowOf(labels);
    const at = this.#bounds.findIndex((bound) => seconds <= bound);
    const index = at === -1 ? this.#bounds.length : at;
    row.counts[index] = (row.counts[index] ?? 0) + 1;
    row.sum += seconds;
  }

  lines(): string[] {
    return [...this.#rows.values()].flatMap((row) => this.#linesOf(row));
  }

  #rowOf(labels: Chosen<L>): Row<L> {
    const text = this.#series.textOf(labels);
    const known = this.#rows.get(text);
    if (known !== undefined) return known;
    const counts = Array<number>(this.#bounds.length + 1).fill(0);
    const row = { labels, counts, sum: 0 };
    this.#rows.set(text, row);
    return row;
  }

  #linesOf({ labels, counts, sum }: Row<L>): string[] {
    const write = (more?: string) => this.#series.textOf(labels, more);
    let total = 0;
    const buckets = [...this.#bounds, '+Inf'].map((bound, at) => {
      total += counts[at] ?? 0;
      return `${this.#name}_bucket${write(`le="${bound}"`)} ${total}`;
    });
    return [
      ...buckets,
      `${this.#name}_sum${write()} ${sum}`,
      `${this.#name}_count${write()} ${total}`,
    ];
  }
}
