import { describeError, placeText } from '../domain/errors.ts';
import type { MetricRule } from '../domain/rules/metric-rule.ts';
import { type NameTable, type ServedMetric, listingOf, nameTable } from '../domain/rules/name-table.ts';
import type { Clock } from '../ports/clock.ts';
import type { Log } from '../ports/log.ts';
import { type MetricsBackends, noBackends } from '../ports/metrics-backends.ts';
import type { MetricsSource } from '../ports/metrics-source.ts';
import { type Repeating, repeat } from './repeat.ts';

export type MetricRegistryOptions = {
  /** Who is asked where a rule names no backend. */
  source: MetricsSource;
  backends?: MetricsBackends;
  clock: Clock;
  log: Log;
  /** How often the series of rules that pin no name are listed. */
  relistIntervalSeconds: number;
};

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

/** Prometheus' lookback: a series that a query can still see is never forgotten, however short the interval. */
const LOOKBACK_SECONDS = 300;
/** As long as some rule was never listed, its metrics cannot be had at all: then the next try comes sooner. */
const RETRY_SECONDS = 5;

export function createMetricRegistry(options: MetricRegistryOptions): MetricRegistry {
  const { source: byDefault, backends = noBackends, clock, log, relistIntervalSeconds } = options;
  let rules: readonly MetricRule[] = [];
  let table: NameTable = { metrics: new Map(), overlaps: [] };
  let told = '';
  let loop: Repeating | null = null;
  /** Names by listing: rules with the same text and backend share one. */
  const listed = new Map<string, readonly string[]>();
  const failures = new Map<string, string>();

  /** By listing: one rule of those that share it. */
  const open = (): Map<string, MetricRule> =>
    new Map(rules.filter((rule) => rule.pinnedSeries === null).map((rule) => [listingOf(rule), rule]));

  const allListed = (): boolean =>
    open()
      .keys()
      .every((listing) => listed.has(listing));
  const untilNext = (): number =>
    allListed() ? relistIntervalSeconds : Math.min(RETRY_SECONDS, relistIntervalSeconds);

  function rebuild(): void {
    const wanted = open();
    for (const listing of listed.keys()) if (!wanted.has(listing)) listed.delete(listing);
    for (const listing of failures.keys()) if (!wanted.has(listing)) failures.delete(listing);
    table = nameTable(rules, listed);
    tellOverlaps();
  }

  /** Once, not at every listing. */
  function tellOverlaps(): void {
    const lines = table.overlaps.map(({ name, winner, loser }) => ({
      metric: name,
      inForce: placeText(winner.place),
      unused: placeText(loser.place),
    }));
    const text = JSON.stringify(lines);
    if (text === told) return;
    told = text;
    for (const line of lines) log.warn(line, 'two rules give one metric, the last one answers');
  }

  async function list(wanted: ReadonlyMap<string, MetricRule>): Promise<void> {
    const since = clock.now().toSeconds() - Math.max(relistIntervalSeconds, LOOKBACK_SECONDS);
    await Promise.all(
      Array.from(wanted, async ([listing, { seriesQuery, backend }]) => {
        try {
          const source = backend === null ? byDefault : backends.source(backend);
          const series = await source.series(seriesQuery, since);
          listed.set(listing, [...new Set(series.flatMap(({ __name__: name }) => name ?? []))]);
          failures.delete(listing);
        } catch (error) {
          failures.set(listing, `series of ${seriesQuery}: ${describeError(error)}`);
          log.warn({ seriesQuery, error: describeError(error) }, 'series not listed, the last list stays');
        }
      }),
    );
    rebuild();
  }

  return {
    replace(next) {
      rules = next;
      rebuild();
      const unlisted = new Map([...open()].filter(([listing]) => !listed.has(listing)));
      if (unlisted.size > 0) void list(unlisted);
    },
    find(name) {
      const metric = table.metrics.get(name.toLowerCase());
      if (metric) return { type: 'served', metric };
      return { type: allListed() ? 'unknown' : 'unlisted' };
    },
    names: () => [...table.metrics.values()].map(({ name }) => name).toSorted((a, b) => (a < b ? -1 : 1)),
    troubles: () => [...failures.values()],
    relist: () => list(open()),
    start() {
      loop ??= repeat(clock, untilNext, () => list(open()));
    },
    async close() {
      await loop?.close();
      loop = null;
    },
  };
}
