import type { MetricSpec } from '../../domain/hpa/hpa-spec.ts';
import { type MetricWant, type NamedMetric, distinctWants, metricWant } from '../../domain/hpa/metric-want.ts';
import type { ApiResource } from '../../domain/rules/api-resource.ts';
import type { MetricWants } from '../../ports/metric-wants.ts';

/** An HPA as far as its metrics go. */
export type HpaMetrics = { namespace: string; metrics: readonly MetricSpec[] };

/** The HPAs of the model. onChange: calls back whenever one comes, goes or is edited, until what it returned is called. */
export type HpaLook = { hpas(): readonly HpaMetrics[]; onChange(changed: () => void): () => void };

/** What the HPAs of the model name. */
export function modelMetricWants({ hpas, onChange }: HpaLook, resources: readonly ApiResource[]): MetricWants {
  return {
    follow(changed) {
      let told: string | null = null;
      let closed = false;
      let telling = false;
      const tell = (): void => {
        telling = false;
        const wants = distinctWants(hpas().flatMap((hpa) => wantsOf(hpa, resources)));
        const text = JSON.stringify(wants);
        if (closed || text === told) return;
        told = text;
        changed(wants);
      };
      // Later than the change that is being made, and once for all that are made together.
      const soon = (): void => {
        if (!telling) queueMicrotask(tell);
        telling = true;
      };
      const stop = onChange(soon);
      soon();
      return {
        synced: () => told !== null,
        async close() {
          closed = true;
          stop();
        },
      };
    },
  };
}

const wantsOf = ({ namespace, metrics }: HpaMetrics, resources: readonly ApiResource[]): MetricWant[] =>
  metrics.flatMap((spec) => {
    const metric = namedMetric(spec);
    const named = metric && metricWant(namespace, metric, resources);
    return named?.type === 'want' ? [named.want] : [];
  });

function namedMetric(spec: MetricSpec): NamedMetric | null {
  if (spec.type === 'Resource') return null;
  const { name, selector } = spec.metric;
  const metric = { name, selector: selector && { matchLabels: selector } };
  if (spec.type !== 'Object') return { type: spec.type, metric };
  // The model's HPAs say no apiVersion: they can name objects of the core group alone.
  return { type: 'Object', metric, describedObject: { apiVersion: '', ...spec.describedObject } };
}
