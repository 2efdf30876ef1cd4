import { Registry } from 'prom-client';
import { silentLog } from '../../src/ports/log.ts';
import { healthMetrics } from '../../src/telemetry/health-metrics.ts';
import { planRecorder } from '../../src/telemetry/plan-recorder.ts';
import { processMetrics } from '../../src/telemetry/process-metrics.ts';
import { servingMetrics } from '../../src/telemetry/serving-metrics.ts';

/** A metric that a server exports. labels: without a histogram's `le`. */
export type Exported = { type: string; labels: readonly string[] };

/** Every metric that a server registers (wiring/service.ts), by name. */
export async function exportedMetrics(): Promise<Map<string, Exported>> {
  const registry = new Registry();
  planRecorder(silentLog, registry);
  servingMetrics(registry);
  healthMetrics(registry, []);
  processMetrics(registry, { version: '', startedAt: 0, residentBytes: () => 0, cpuSeconds: () => 0 });
  const metrics = await registry.getMetricsAsJSON();
  return new Map(metrics.map(({ name, type }) => [name, { type: String(type), labels: labelsOf(registry, name) }]));
}

/** The names of its series: a histogram has three. */
export const seriesNames = (name: string, { type }: Exported): string[] =>
  type === 'histogram' ? ['bucket', 'count', 'sum'].map((part) => `${name}_${part}`) : [name];

/** prom-client keeps the label names on the metric and does not say so in its types. */
function labelsOf(registry: Registry, name: string): readonly string[] {
  const metric = registry.getSingleMetric(name) as unknown as { labelNames: string[] };
  return metric.labelNames;
}
