import { describeError } from '../domain/errors.ts';
import { type SeriesShape, shapesOf } from '../domain/rules/custom-table.ts';
import type { MetricRule } from '../domain/rules/metric-rule.ts';
import { listingOf } from '../domain/rules/name-table.ts';
import type { Clock } from '../ports/clock.ts';
import type { Log } from '../ports/log.ts';
import { type MetricsBackends, noBackends } from '../ports/metrics-backends.ts';
import type { MetricsSource } from '../ports/metrics-source.ts';

export type SeriesListsOptions = {
  /** Who is asked where a rule names no backend. */
  source: MetricsSource;
  backends?: MetricsBackends;
  clock: Clock;
  log: Log;
  relistIntervalSeconds: number;
};

/** What is listed: the series of a rule. Rules with the same text and backend share one listing. */
export type Listed = Pick<MetricRule, 'seriesQuery' | 'backend'>;

/** What the sources list for rules. One listing's failure leaves the others alone, and its own last one in force. */
export type SeriesLists = {
  /** Names the rules that are wanted from now on; what is known of others is forgotten. Gives those never listed. */
  want(rules: readonly Listed[]): Listed[];
  /** By listing, as listingOf() names it. */
  shapes(): ReadonlyMap<string, readonly SeriesShape[]>;
  /** Whether everything that is wanted was listed at least once. */
  complete(): boolean;
  /** What keeps rules from being listed, one sentence each. */
  troubles(): string[];
  /** Asks the sources. Never throws. */
  list(rules?: readonly Listed[]): Promise<void>;
};

/** Prometheus' lookback: a series that a query can still see is never forgotten, however short the interval. */
const LOOKBACK_SECONDS = 300;

export function createSeriesLists(options: SeriesListsOptions): SeriesLists {
  const { source: byDefault, backends = noBackends, clock, log, relistIntervalSeconds } = options;
  let wanted: ReadonlyMap<string, Listed> = new Map();
  const listed = new Map<string, readonly SeriesShape[]>();
  const failures = new Map<string, string>();

  async function listOne(rule: Listed, since: number): Promise<void> {
    const { seriesQuery, backend } = rule;
    try {
      const source = backend === null ? byDefault : backends.source(backend);
      listed.set(listingOf(rule), shapesOf(await source.series(seriesQuery, since)));
      failures.delete(listingOf(rule));
    } catch (error) {
      failures.set(listingOf(rule), `series of ${seriesQuery}: ${describeError(error)}`);
      log.warn({ seriesQuery, error: describeError(error) }, 'series not listed, the last list stays');
    }
  }

  return {
    want(rules) {
      wanted = new Map(rules.map((rule) => [listingOf(rule), rule]));
      for (const listing of listed.keys()) if (!wanted.has(listing)) listed.delete(listing);
      for (const listing of failures.keys()) if (!wanted.has(listing)) failures.delete(listing);
      return [...wanted].filter(([listing]) => !listed.has(listing)).map(([, rule]) => rule);
    },
    shapes: () => listed,
    complete: () => [...wanted.keys()].every((listing) => listed.has(listing)),
    troubles: () => [...failures.values()],
    async list(rules = [...wanted.values()]) {
      const since = clock.now().toSeconds() - Math.max(relistIntervalSeconds, LOOKBACK_SECONDS);
      await Promise.all(rules.map((rule) => listOne(rule, since)));
    },
  };
}
