import type { MetricRule } from '../domain/rules/metric-rule.ts';
import { type NameTable, type ServedMetric, nameTable } from '../domain/rules/name-table.ts';
import { type Repeating, repeat } from './repeat.ts';
import { type Listed, type SeriesListsOptions, createSeriesLists } from './series-lists.ts';
import { overlapTeller } from './tell-overlaps.ts';

export type MetricRegistryOptions = SeriesListsOptions;

/** Which metrics can be read now. Rules that pin their series are served at once, the others as their series are listed. */
export type MetricRegistry = {
  /** Puts rules in force; a rule that is new is listed at once. */
  replace(rules: readonly MetricRule[]): void;
  find(metric: string): Lookup;
  /** Names as the rules spell them, sorted. Never asks the source. */
  names(): string[];
  /** What keeps rules from being listed, one sentence each. */
  troubles(): string[];
  /** Lists the series of every rule that pins no name. One rule's failure leaves the others alone. Never throws. */
  relist(): Promise<void>;
  /** Relists again and again. */
  start(): void;
  close(): Promise<void>;
};

/** unlisted: some rule's series have never been listed, so that nobody can say whether it gives this name. */
export type Lookup = { type: 'served'; metric: ServedMetric } | { type: 'unknown' } | { type: 'unlisted' };

/** As long as some rule was never listed, its metrics cannot be had at all: then the next try comes sooner. */
const RETRY_SECONDS = 5;

export function createMetricRegistry(options: MetricRegistryOptions): MetricRegistry {
  const { clock, log, relistIntervalSeconds } = options;
  const lists = createSeriesLists(options);
  const tell = overlapTeller(log);
  let rules: readonly MetricRule[] = [];
  let table: NameTable = { metrics: new Map(), overlaps: [] };
  let loop: Repeating | null = null;

  const untilNext = (): number =>
    lists.complete() ? relistIntervalSeconds : Math.min(RETRY_SECONDS, relistIntervalSeconds);

  function rebuild(): void {
    const names = [...lists.shapes()].map(
      ([listing, shapes]) => [listing, [...new Set(shapes.map(({ name }) => name))]] as const,
    );
    table = nameTable(rules, new Map(names));
    tell(table.overlaps);
  }

  async function list(unlisted?: readonly Listed[]): Promise<void> {
    await lists.list(unlisted);
    rebuild();
  }

  return {
    replace(next) {
      rules = next;
      const unlisted = lists.want(next.filter(({ pinnedSeries }) => pinnedSeries === null));
      rebuild();
      if (unlisted.length > 0) void list(unlisted);
    },
    find(name) {
      const metric = table.metrics.get(name.toLowerCase());
      if (metric) return { type: 'served', metric };
      return { type: lists.complete() ? 'unknown' : 'unlisted' };
    },
    names: () => [...table.metrics.values()].map(({ name }) => name).toSorted((a, b) => (a < b ? -1 : 1)),
    troubles: () => lists.troubles(),
    relist: () => list(),
    start() {
      loop ??= repeat(clock, untilNext, () => list());
    },
    async close() {
      await loop?.close();
      loop = null;
    },
  };
}
