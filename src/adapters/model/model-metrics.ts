import { parsePromql } from '../../domain/promql/parse.ts';
import type { Labels, MetricsSource, QueryResult } from '../../ports/metrics-source.ts';
import { evaluate } from './evaluate.ts';
import { parseSelector } from './select.ts';
import type { SeriesStore } from './series-store.ts';

/** A Prometheus over the model's series. now: brings the model up to now and says when that is, epoch milliseconds. */
export function modelMetrics(store: SeriesStore, now: () => number): MetricsSource {
  return {
    async query(promql, at) {
      const current = now();
      return queryAt(store, promql, at === undefined ? current : at * 1000);
    },
    async series(selector, sinceSeconds): Promise<Labels[]> {
      now();
      return store
        .select(parseSelector(selector))
        .filter(({ points }) => points.at(-1)!.at >= sinceSeconds * 1000)
        .map(({ labels }) => labels);
    },
  };
}

/** An instant query. @throws InvalidError */
export function queryAt(store: SeriesStore, promql: string, at: number): QueryResult {
  const value = evaluate(parsePromql(promql), store, at);
  const timestamp = at / 1000;
  if (value.type === 'scalar') return { type: 'scalar', timestamp, value: value.value };
  return { type: 'vector', samples: value.elements.map((element) => ({ ...element, timestamp })) };
}
