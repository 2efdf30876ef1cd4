import { describeError } from '../domain/errors.ts';
import { type SeriesShape, shapesOf } from '../domain/rules/custom-table.ts';
import type { Clock } from '../ports/clock.ts';
import type { Log } from '../ports/log.ts';
import type { MetricsSource } from '../ports/metrics-source.ts';

export type SeriesListsOptions = { source: MetricsSource; clock: Clock; log: Log; relistIntervalSeconds: number };

/** What the source lists for each seriesQuery. One query's failure leaves the lists of the others, and its own last one. */
export type SeriesLists = {
  /** Names the queries that are wanted from now on; what is known of others is forgotten. Gives those never listed. */
  want(queries: readonly string[]): string[];
  /** By seriesQuery. */
  shapes(): ReadonlyMap<string, readonly SeriesShape[]>;
  /** Whether every wanted query was listed at least once. */
  complete(): boolean;
  /** What keeps queries from being listed, one sentence each. */
  troubles(): string[];
  /** Asks the source. Never throws. */
  list(queries?: readonly string[]): Promise<void>;
};

/** Prometheus' lookback: a series that a query can still see is never forgotten, however short the interval. */
const LOOKBACK_SECONDS = 300;

export function createSeriesLists({ source, clock, log, relistIntervalSeconds }: SeriesListsOptions): SeriesLists {
  let wanted: readonly string[] = [];
  const listed = new Map<string, readonly SeriesShape[]>();
  const failures = new Map<string, string>();

  async function listOne(query: string, since: number): Promise<void> {
    try {
      listed.set(query, shapesOf(await source.series(query, since)));
      failures.delete(query);
    } catch (error) {
      failures.set(query, describeError(error));
      log.warn({ seriesQuery: query, error: describeError(error) }, 'series not listed, the last list stays');
    }
  }

  return {
    want(queries) {
      wanted = [...new Set(queries)];
      for (const query of listed.keys()) if (!wanted.includes(query)) listed.delete(query);
      for (const query of failures.keys()) if (!wanted.includes(query)) failures.delete(query);
      return wanted.filter((query) => !listed.has(query));
    },
    shapes: () => listed,
    complete: () => wanted.every((query) => listed.has(query)),
    troubles: () => [...failures].map(([query, why]) => `series of ${query}: ${why}`),
    async list(queries = wanted) {
      const since = clock.now().toSeconds() - Math.max(relistIntervalSeconds, LOOKBACK_SECONDS);
      await Promise.all(queries.map((query) => listOne(query, since)));
    },
  };
}
