import type { MetricWant } from '../hpa/metric-want.ts';

/**
 * The path and query of a read, as an HPA sends it. Of all pods an HPA selects those of its target; here all pods of the namespace
 * are read, of which they are some.
 */
export function pathOfRead(want: MetricWant): string {
  const part = encodeURIComponent;
  if (want.type === 'external') {
    const { namespace, metric, selector } = want;
    return `/apis/external.metrics.k8s.io/v1beta1/namespaces/${part(namespace)}/${part(metric)}${queryOf('labelSelector', selector)}`;
  }
  const { namespace, resource, object, metric, metricLabelSelector } = want;
  const within = namespace === null ? '' : `/namespaces/${part(namespace)}`;
  // A namespace is read as itself: /namespaces/NAME/metrics/METRIC.
  const objects =
    resource === 'namespaces' && namespace === null
      ? `/namespaces/${part(object)}/metrics/${part(metric)}`
      : `${within}/${part(resource)}/${part(object)}/${part(metric)}`;
  return `/apis/custom.metrics.k8s.io/v1beta1${objects}${queryOf('metricLabelSelector', metricLabelSelector)}`;
}

const queryOf = (name: string, value: string): string =>
  value === '' ? '' : `?${new URLSearchParams({ [name]: value }).toString()}`;

/** For people: `streaming/concurrent_viewers service=web`, `streaming/pods/*\/http_requests`. */
export function wantText(want: MetricWant): string {
  const selector = want.type === 'external' ? want.selector : want.metricLabelSelector;
  const metric = want.type === 'external' ? want.metric : `${want.resource}/${want.object}/${want.metric}`;
  const within = want.namespace === null ? metric : `${want.namespace}/${metric}`;
  return selector === '' ? within : `${within} ${selector}`;
}
