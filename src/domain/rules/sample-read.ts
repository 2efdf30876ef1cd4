import { NAMESPACES } from './custom-rule.ts';
import type { CustomMetric } from './custom-table.ts';
import type { MetricRule } from './metric-rule.ts';

type Labels = Readonly<Record<string, string>>;

/** Whom a made-up read is of: as a person said, else as the series say. */
export type Sample = { namespace: string | null; selector: string };

/** As many objects as show what a read of several makes. */
const OBJECTS = 2;

/** The namespace of a made-up read of an external metric: one that has series, where the rule lets it read. */
export function sampleNamespace(rule: MetricRule, series: readonly Labels[], { namespace }: Sample): string {
  if (namespace !== null) return namespace;
  const { namespaceLabel, allowedNamespaces } = rule;
  const there = namespaceLabel === null ? [] : valuesOf(series, namespaceLabel);
  const mayRead = there.find((one) => allowedNamespaces === null || allowedNamespaces.includes(one));
  return mayRead ?? allowedNamespaces?.[0] ?? 'default';
}

/** Namespace and objects of a made-up read of a custom metric; null where no series names an object. */
export function sampleObjects(
  { resource, namespaced, association }: Pick<CustomMetric, 'resource' | 'namespaced' | 'association'>,
  series: readonly Labels[],
  { namespace }: Sample,
): { namespace: string | null; names: string[] } | null {
  const label = association.labelOf(resource);
  if (label === null) return null;
  const within = namespaced ? association.labelOf(NAMESPACES) : null;
  const named = series.filter((labels) => (labels[label] ?? '') !== '');
  if (within === null) {
    const names = valuesOf(named, label);
    return names.length === 0 ? null : { namespace: null, names: names.slice(0, OBJECTS) };
  }
  const wanted = namespace ?? valuesOf(named, within)[0];
  if (wanted === undefined) return null;
  const names = valuesOf(
    named.filter((labels) => labels[within] === wanted),
    label,
  );
  return names.length === 0 ? null : { namespace: wanted, names: names.slice(0, OBJECTS) };
}

/** The values of a label, sorted, each once. */
const valuesOf = (series: readonly Labels[], label: string): string[] =>
  [...new Set(series.flatMap((labels) => labels[label] ?? []))].filter((value) => value !== '').toSorted();
