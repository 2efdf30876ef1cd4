import { binaryQuantityOf, quantityOf } from '../quantity.ts';
import { type Row, rfc3339 } from './external-metric-value.ts';

/** What somebody uses; Quantities. */
export type Usage = { cpu: string; memory: string };

/** metadata of what is described. labels: its own, by which clients may select on their side. */
export type UsageMetadata = {
  name: string;
  namespace?: string;
  labels?: Readonly<Record<string, string>>;
  creationTimestamp: string;
};

/** timestamp: of the oldest row. window: how long it was measured, such as 5m0s. */
export type NodeMetrics = { metadata: UsageMetadata; timestamp: string; window: string; usage: Usage };
export type PodMetrics = Omit<NodeMetrics, 'usage'> & { containers: readonly { name: string; usage: Usage }[] };

/** An object that is asked for; namespace null for nodes. */
export type Measured = { namespace: string | null; name: string; labels: Readonly<Record<string, string>> };

/** Rows of both queries, and the labels by which they name the object and the container (null for nodes). */
export type UsageRows = Readonly<
  Record<'cpu' | 'memory', { rows: readonly Row[]; label: string; container: string | null }>
>;

/** now, windowSeconds: epoch seconds, seconds. */
export type Told = { now: number; windowSeconds: number };

/**
 * A pod's usage by container; null where a resource has no row of the pod, so that nobody scales by half of it. A container that
 * has only one of the two gets 0 of the other, as in prometheus-adapter; a row that is no number counts as missing.
 */
export function podMetrics(pod: Measured, usage: UsageRows, told: Told): PodMetrics | null {
  const cpu = numbersOf(pod, usage.cpu);
  const memory = numbersOf(pod, usage.memory);
  if (cpu.size === 0 || memory.size === 0) return null;
  const names = [...new Set([...cpu.keys(), ...memory.keys()])].toSorted();
  const containers = names.map((name) => ({ name, usage: usageOf(cpu.get(name)?.value, memory.get(name)?.value) }));
  return { ...head(pod, [...cpu.values(), ...memory.values()], told), containers };
}

/** A node's usage; null where one of the two has no row of it. */
export function nodeMetrics(node: Measured, usage: UsageRows, told: Told): NodeMetrics | null {
  const cpu = numbersOf(node, usage.cpu).get('');
  const memory = numbersOf(node, usage.memory).get('');
  if (!cpu || !memory) return null;
  return { ...head(node, [cpu, memory], told), usage: usageOf(cpu.value, memory.value) };
}

/** The rows of one object that are numbers, by container; under '' where there are none. */
function numbersOf({ name }: Measured, { rows, label, container }: UsageRows['cpu']): Map<string, Row> {
  const own = rows.filter(({ labels, value }) => labels?.[label] === name && quantityOf(value) !== null);
  return new Map(own.map((row) => [container === null ? '' : (row.labels?.[container] ?? ''), row]));
}

const usageOf = (cpu = 0, memory = 0): Usage => ({
  cpu: quantityOf(Math.max(0, cpu)) ?? '0',
  memory: binaryQuantityOf(Math.max(0, memory)),
});

function head(
  { namespace, name, labels }: Measured,
  rows: readonly Row[],
  { now, windowSeconds }: Told,
): Omit<NodeMetrics, 'usage'> {
  const metadata: UsageMetadata = {
    name,
    ...(namespace !== null && { namespace }),
    ...(Object.keys(labels).length > 0 && { labels }),
    creationTimestamp: rfc3339(now),
  };
  const oldest = Math.min(...rows.map(({ timestamp }) => timestamp));
  return { metadata, timestamp: rfc3339(oldest), window: goDuration(windowSeconds) };
}

/** As Go's time.Duration prints itself: 5m0s, 1h0m0s, 30s. */
export function goDuration(seconds: number): string {
  const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor((seconds % 3600) / 60)];
  const rest = `${Number((seconds % 60).toFixed(3))}s`;
  if (hours > 0) return `${hours}h${minutes}m${rest}`;
  return minutes > 0 ? `${minutes}m${rest}` : rest;
}
