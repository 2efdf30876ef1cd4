import type { MetricSpec } from '../../domain/hpa/hpa-spec.ts';
import type { Milli } from '../../domain/hpa/int.ts';
import type { Pod, Reading, Sample } from '../../domain/hpa/observation.ts';
import { parseQuantity, quantityOf } from '../../domain/quantity.ts';
import type { QueryResult } from '../../ports/metrics-source.ts';
import { queryAt } from './model-metrics.ts';
import type { SeriesStore } from './series-store.ts';
import type { Service } from './services.ts';

/** What the three metrics APIs answer the controller in one tick, in the order of a service's metrics. pods: its Deployment's. */
export type MetricsReader = (service: Service, pods: readonly Pod[]) => Reading[];

/** The range of the cpu rates, as metrics.k8s.io tells it. */
const CPU_WINDOW_SECONDS = 60;

/** Reads at an instant, epoch milliseconds; what several HPAs ask for is evaluated once. */
export function metricsReader(store: SeriesStore, at: number): MetricsReader {
  const results = new Map<string, QueryResult>();
  const ask = (query: string): QueryResult => {
    const result = results.get(query) ?? queryAt(store, query, at);
    results.set(query, result);
    return result;
  };
  return ({ hpa, queries }, pods) =>
    hpa.spec.metrics.map((metric, i) => readingOf(metric, ask(queries[i]!), { pods, at }));
}

function readingOf({ type }: MetricSpec, result: QueryResult, on: { pods: readonly Pod[]; at: number }): Reading {
  const rows = result.type === 'scalar' ? [result] : result.samples;
  if (type === 'External' || type === 'Object') {
    const values = rows.map(({ value }) => milli(value)).filter((value) => value !== null);
    return values.length === rows.length ? { type: 'Values', values } : NO_NUMBER;
  }
  const windowSeconds = type === 'Resource' ? CPU_WINDOW_SECONDS : 0;
  const samples = new Map<string, Sample>();
  const known = new Set(on.pods.map(({ name }) => name));
  for (const row of rows) {
    const pod = 'labels' in row ? row.labels['pod'] : undefined;
    const value = milli(row.value);
    if (pod === undefined || !known.has(pod) || value === null) continue;
    // A pod's containers count together.
    samples.set(pod, { value: (samples.get(pod)?.value ?? 0n) + value, timestamp: on.at, windowSeconds });
  }
  return { type: 'Samples', samples };
}

const NO_NUMBER: Reading = { type: 'Unreadable', message: 'the query gives what is no number' };

const milli = (value: number): Milli | null => parseQuantity(quantityOf(value) ?? '');
