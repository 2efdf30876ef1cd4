import { quantityOf } from '../quantity.ts';
import type { ApiResource } from './api-resource.ts';
import { type LabelSelector, labelSelectorOf } from './label-selector.ts';
import { type Row, rfc3339 } from './external-metric-value.ts';
import type { Requirement } from './selector.ts';

/** An ObjectReference. apiVersion: group/version, so `/v1` for a core kind, as prometheus-adapter writes it. */
export type DescribedObject = { kind: string; namespace?: string; name: string; apiVersion: string };

/** One item of a MetricValueList. timestamp: RFC 3339, UTC, whole seconds. value: a Quantity. */
export type CustomMetricValue = {
  describedObject: DescribedObject;
  metricName: string;
  /** What was selected by; null where nothing was. */
  selector: LabelSelector | null;
  timestamp: string;
  value: string;
};

/** What the rows of an answer are about. label: the one by which they name objects. */
export type Described = {
  metricName: string;
  resource: ApiResource;
  namespace: string | null;
  names: readonly string[];
  label: string;
  requirements: readonly Requirement[];
};

/**
 * The rows of an answer as items, in the order of the names that were asked for. An object without a row has no item, and
 * neither has one whose row is no number (NaN, infinite, beyond int64): the HPA then counts the pod as missing, which is the
 * cautious way, where prometheus-adapter's 0 calls it idle. Of two rows for one object the last counts, as there.
 */
export function customMetricValues(rows: readonly Row[], described: Described): CustomMetricValue[] {
  const { metricName, resource, namespace, names, label, requirements } = described;
  const byName = new Map(rows.map((row) => [row.labels?.[label] ?? '', row]));
  const selector = requirements.length === 0 ? null : labelSelectorOf(requirements);
  return names.flatMap((name) => {
    const row = byName.get(name);
    const value = row ? quantityOf(row.value) : null;
    if (!row || value === null) return [];
    const describedObject = {
      kind: resource.kind,
      ...(namespace !== null && { namespace }),
      name,
      apiVersion: `${resource.group}/${resource.version}`,
    };
    return [{ describedObject, metricName, selector, timestamp: rfc3339(row.timestamp), value }];
  });
}

/** An item as v1beta1 writes it. */
export const inV1beta1 = ({ describedObject, metricName, timestamp, value, selector }: CustomMetricValue): object => ({
  describedObject,
  metricName,
  timestamp,
  value,
  selector,
});

/** An item as v1beta2 writes it. */
export const inV1beta2 = ({ describedObject, metricName, timestamp, value, selector }: CustomMetricValue): object => ({
  describedObject,
  metric: { name: metricName, selector },
  timestamp,
  value,
});
