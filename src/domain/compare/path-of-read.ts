import type { LiveRead } from './live-read.ts';

/** The path and query of a read, as an HPA sends it. */
export function pathOfRead(want: LiveRead): string {
  const part = encodeURIComponent;
  if (want.type === 'external') {
    const { namespace, metric, selector } = want;
    return `/apis/external.metrics.k8s.io/v1beta1/namespaces/${part(namespace)}/${part(metric)}${queryOf({ labelSelector: selector })}`;
  }
  const { namespace, resource, object, labelSelector, metric, metricLabelSelector } = want;
  const within = namespace === null ? '' : `/namespaces/${part(namespace)}`;
  // A namespace is read as itself: /namespaces/NAME/metrics/METRIC.
  const objects =
    resource === 'namespaces' && namespace === null
      ? `/namespaces/${part(object)}/metrics/${part(metric)}`
      : `${within}/${part(resource)}/${part(object)}/${part(metric)}`;
  return `/apis/custom.metrics.k8s.io/v1beta1${objects}${queryOf({ labelSelector, metricLabelSelector })}`;
}

function queryOf(selectors: Readonly<Record<string, string>>): string {
  const given = Object.entries(selectors).filter(([, selector]) => selector !== '');
  return given.length === 0 ? '' : `?${new URLSearchParams(given).toString()}`;
}

/** For people: `streaming/concurrent_viewers service=web`, `streaming/pods/*\/http_requests of app=web`. */
export function wantText(want: LiveRead): string {
  const within = (name: string): string => (want.namespace === null ? name : `${want.namespace}/${name}`);
  const selected = (selector: string, before = ''): string => (selector === '' ? '' : ` ${before}${selector}`);
  if (want.type === 'external') return within(want.metric) + selected(want.selector);
  const { resource, object, labelSelector, metric, metricLabelSelector } = want;
  return within(`${resource}/${object}/${metric}`) + selected(labelSelector, 'of ') + selected(metricLabelSelector);
}
