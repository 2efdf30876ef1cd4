import type { Series } from './exporter.ts';
import { type MetricName, METRICS } from './metrics.ts';

/** The content type that goes with it. */
export const EXPOSITION_TYPE = 'text/plain; version=0.0.4; charset=utf-8';

/** Series in Prometheus' text format, a family at a time. */
export function exposition(series: readonly Series[]): string {
  const families = Map.groupBy(series, ({ name }) => name);
  return [...families].map(([name, members]) => family(name, members)).join('');
}

function family(name: MetricName, members: readonly Series[]): string {
  const { type, help } = METRICS[name];
  const lines = members.map(({ labels, value }) => `${name}{${labelText(labels)}} ${value}\n`);
  return `# HELP ${name} ${help}\n# TYPE ${name} ${type}\n${lines.join('')}`;
}

const labelText = (labels: Series['labels']): string =>
  Object.entries(labels)
    .map(([label, value]) => `${label}="${escape(value)}"`)
    .join(',');

const escape = (value: string): string => value.replaceAll(/[\\"\n]/g, (each) => (each === '\n' ? '\\n' : `\\${each}`));
