import { compact } from '../compact.ts';

/** One metric of an HPA as the controller last saw it. */
export type MetricReading = {
  /** Its type in spec.metrics: which of the metrics APIs answers it, and of what. */
  source: 'External' | 'Pods' | 'Object' | 'Resource' | 'ContainerResource';
  /** Of the metric, or of the resource. */
  name: string;
  /** matchLabels of the metric's selector. */
  labels: Readonly<Record<string, string>>;
  /** Per replica (AverageValue), in all (Value), or in percent of what the pods request (Utilization). */
  type: 'AverageValue' | 'Value' | 'Utilization';
  /** null where the controller could not read it. */
  current: number | null;
  target: number;
};

/** `viewers 851/1K`, `cpu 52%/70%`, `cpu -/70%` where it could not be read. */
export function readingText({ name, type, current, target }: MetricReading): string {
  const amount = (value: number): string => (type === 'Utilization' ? `${value}%` : compact(value));
  return `${name} ${current === null ? '-' : amount(current)}/${amount(target)}`;
}

/** The first metric in all: an average is per replica. null where it could not be read. */
export function loadOf({
  metrics,
  currentReplicas,
}: {
  metrics: readonly MetricReading[];
  currentReplicas: number;
}): number | null {
  const [metric] = metrics;
  if (!metric || metric.current === null) return null;
  return metric.type === 'AverageValue' ? metric.current * currentReplicas : metric.current;
}
