import { InvalidError } from '../errors.ts';
import { type ApiResource, groupResourceText } from '../rules/api-resource.ts';
import { selectorOfObject } from '../rules/canonical-selector.ts';
import type { LabelSelector } from '../rules/label-selector.ts';

/** What an HPA names, and its controller therefore reads every 15 s. Selectors are canonical (canonicalSelector). */
export type MetricWant =
  /** metric: in lower case, as client-go sends it. */
  | { type: 'external'; namespace: string; metric: string; selector: string }
  | {
      type: 'custom';
      /** null: root-scoped. */
      namespace: string | null;
      /** As the path names it: `pods`, `ingresses.networking.k8s.io`. */
      resource: string;
      /** A name, or `*`: all pods of the HPA's target. */
      object: string;
      metric: string;
      metricLabelSelector: string;
    };

/** A metric of an HPA's spec, of the types that are read from a metrics adapter; cpu and memory are not. */
export type NamedMetric =
  | { type: 'External' | 'Pods'; metric: MetricName }
  | { type: 'Object'; metric: MetricName; describedObject: DescribedObject };

/** selector: null where the spec has none, which is the same as an empty one. */
export type MetricName = { name: string; selector: LabelSelector | null };

/** apiVersion: '' means the core group. */
export type DescribedObject = { apiVersion: string; kind: string; name: string };

/**
 * unreadable: the controller cannot ask either, because of its selector. unknownKind: the cluster has no such kind, so far.
 */
export type Named =
  { type: 'want'; want: MetricWant } | { type: 'unreadable'; why: string } | { type: 'unknownKind'; kind: string };

/** What the HPA controller asks for a metric of an HPA (pkg/controller/podautoscaler/metrics/client.go). */
export function metricWant(namespace: string, named: NamedMetric, resources: readonly ApiResource[]): Named {
  let selector: string;
  try {
    selector = selectorOfObject(named.metric.selector ?? {});
  } catch (error) {
    if (error instanceof InvalidError) return { type: 'unreadable', why: error.message };
    throw error;
  }
  const { name: metric } = named.metric;
  const custom = (of: { namespace: string | null; resource: string; object: string }): Named => ({
    type: 'want',
    want: { type: 'custom', ...of, metric, metricLabelSelector: selector },
  });
  switch (named.type) {
    case 'External':
      return { type: 'want', want: { type: 'external', namespace, metric: metric.toLowerCase(), selector } };
    case 'Pods':
      return custom({ namespace, resource: 'pods', object: '*' });
    case 'Object': {
      const { apiVersion, kind, name } = named.describedObject;
      const group = groupOf(apiVersion);
      // The controller asks for the HPA's own namespace, whatever name stands there.
      if (group === '' && kind === 'Namespace') {
        return custom({ namespace: null, resource: 'namespaces', object: namespace });
      }
      const resource = resources.find((each) => each.group === group && each.kind === kind);
      if (!resource) return { type: 'unknownKind', kind: group === '' ? kind : `${kind}.${group}` };
      return custom({ namespace, resource: groupResourceText(resource), object: name });
    }
  }
}

/** schema.FromAPIVersionAndKind: `apps/v1` is of the group apps, `v1` of the core group. */
function groupOf(apiVersion: string): string {
  const slash = apiVersion.indexOf('/');
  return slash < 0 ? '' : apiVersion.slice(0, slash);
}

/** Each once, sorted, so that equal HPAs give equal lists. */
export function distinctWants(wants: Iterable<MetricWant>): MetricWant[] {
  const byText = new Map([...wants].map((want) => [textOf(want), want] as const));
  return [...byText].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, want]) => want);
}

const textOf = (want: MetricWant): string =>
  want.type === 'external'
    ? JSON.stringify([want.type, want.namespace, want.metric, want.selector])
    : JSON.stringify([want.type, want.namespace, want.resource, want.object, want.metric, want.metricLabelSelector]);
